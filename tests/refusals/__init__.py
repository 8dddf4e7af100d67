"""Bad command lines, kubeconfigs, estates and clusters, each with the whole of what is answered.

A family is a file here and a file of tests/data/refusals, a transcript to read.
SINGLEPANE_GOLDEN=write with pytest records them anew; read the difference before you commit it.
"""

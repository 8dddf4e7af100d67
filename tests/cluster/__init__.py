"""Real Kubernetes clusters on this machine, without Docker: etcd, API server, kubelet and containers of our
engines.

`python -m tests.cluster up` starts some by hand; `docs/kubernetes-tests.md` says what they are made of.
"""

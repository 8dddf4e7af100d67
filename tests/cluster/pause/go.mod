module singlepane/tests/cluster/pause

go 1.26

"""The configuration files of a node, as documents. Paths are those that the node sees: its /var is its own.

Values follow the references of the kubelet (kubelet-config.v1beta1), kube-proxy (kube-proxy-
config.v1alpha1), CNI (spec 1.0.0) and containerd 1.6 (docs/cri/config.md).
"""

from __future__ import annotations

from tests.cluster.addresses import Addresses

CERTIFICATES = "/var/lib/kubernetes/pki"
SOCKET = "/run/containerd/containerd.sock"


def containerd(pause: str, plugins: str) -> str:
    """containerd's `config.toml`; `plugins` is the folder of the CNI plugins.

    Without CAP_SYS_RESOURCE a lower OOM score is refused and runc ends with a message that names nothing:
    so it does not ask for one.
    """
    return f"""\
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
    "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "{SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  sandbox_image = "{pause}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{plugins}"
    conf_dir = "/var/lib/cni/net.d"
"""


def network(addresses: Addresses) -> dict[str, object]:
    """The CNI configuration: a link per pod, so that all traffic passes the rules of the services; host
    ports.
    """
    ranges = [[{"subnet": addresses.pods}]]
    return {
        "cniVersion": "1.0.0",
        "name": "pods",
        "plugins": [
            {
                "type": "ptp",
                "ipMasq": True,
                "ipam": {"type": "host-local", "ranges": ranges, "routes": [{"dst": "0.0.0.0/0"}]},
            },
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }


def kubelet(addresses: Addresses, cgroup: str) -> dict[str, object]:
    """KubeletConfiguration. Who asks it is authenticated and authorized by the API server, as on real nodes.

    `cgroup` is a control group of this node alone: under a common one, two kubelets end each other's pods.
    """
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "failCgroupV1": False,
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": cgroup,
        "containerRuntimeEndpoint": f"unix://{SOCKET}",
        "address": addresses.node,
        "clusterDNS": [addresses.dns],
        "clusterDomain": "cluster.local",
        "resolvConf": "/var/lib/kubernetes/resolv.conf",
        "tlsCertFile": f"{CERTIFICATES}/kubelet-server.crt",
        "tlsPrivateKeyFile": f"{CERTIFICATES}/kubelet-server.key",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{CERTIFICATES}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        # The disk is that of this machine, however full it is.
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
        "nodeStatusUpdateFrequency": "4s",
        "syncFrequency": "10s",
        "shutdownGracePeriod": "0s",
    }


def proxy(node: str, addresses: Addresses) -> dict[str, object]:
    """KubeProxyConfiguration. Zeros keep it from setting kernel parameters of the whole machine."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables",
        "clientConnection": {"kubeconfig": "/var/lib/kubernetes/proxy.kubeconfig"},
        "clusterCIDR": addresses.pods,
        "hostnameOverride": node,
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
    }

// The first process of a pod, and of a node: it waits until it is told to end, and collects orphans.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

var version = "none"

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		println("pause, version " + version + " (own)")
		return
	}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for received := range signals {
		if received != syscall.SIGCHLD {
			return
		}
		for {
			if child, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); child <= 0 || err != nil {
				break
			}
		}
	}
}

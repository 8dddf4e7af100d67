"""The local target: components as processes of this machine, kept running by a supervisor.

`singlepane up` takes the lock of the state folder, then starts a guard, the guard starts the supervisor, and
the supervisor starts one process per component:

    singlepane up ── guard.py ── supervisor (`python -m deploy.targets.local`) ── prometheus-…, query …
          └──────── lease ───────────┘

- The *lease* is a socket. As long as it is not given up with `detach`, its end (Ctrl-C, SIGKILL of the
  command) stops everything.
- The *guard* adopts whatever outlives the supervisor and kills it, so SIGKILL of the supervisor leaves no
  process.
- The *lock* is inherited by guard and supervisor, so it is free exactly when nothing of the run is left.
- Every process carries the id of its state folder in its environment. The next start ends processes with that
  id that nobody guards any more: a mark, unlike a recorded process id, cannot come to mean another process.

From what a component needs to what a process gets: `ports` -> `resolve` -> `launch.Launch`. The command line
starts and asks through `client`; the supervisor answers through `control`.
"""

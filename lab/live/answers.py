# What drgn says of the running kernel: its own helpers only, as one JSON document.
import json

from drgn import FaultError
from drgn.helpers.linux.cpumask import for_each_online_cpu
from drgn.helpers.linux.module import for_each_module
from drgn.helpers.linux.percpu import per_cpu
from drgn.helpers.linux.pid import for_each_task
from drgn.helpers.linux.printk import get_dmesg
from drgn.helpers.linux.sched import cpu_curr, idle_task, task_cpu, task_state_to_char


def text(value):
    return value.string_().decode(errors="backslashreplace")


def word(value):
    return "0x%016x" % value.value_()


def stack(task):
    """The addresses in the kernel that its stack leads through, inlined functions not counted."""
    try:
        return ["0x%016x" % f.pc for f in prog.stack_trace(task) if not f.is_inline and f.pc >> 63]
    except (FaultError, ValueError, LookupError):
        return []


def tasks():
    for cpu in for_each_online_cpu(prog):
        yield idle_task(prog, cpu)
    yield from for_each_task(prog)


uts = prog["init_uts_ns"].name
print(json.dumps({
    "sys": {
        "CPUS": str(len(list(for_each_online_cpu(prog)))),
        "NODENAME": text(uts.nodename),
        "RELEASE": text(uts.release),
        "VERSION": text(uts.version),
    },
    "ps": [
        {"task": word(t), "pid": t.pid.value_(), "ppid": t.real_parent.tgid.value_(), "cpu": task_cpu(t),
         "state": task_state_to_char(t), "comm": text(t.comm)}
        for t in tasks()
    ],
    "bt": [{"task": word(t), "pcs": stack(t)} for t in tasks()],
    "mod": [{"at": word(m), "name": text(m.name)} for m in for_each_module(prog)],
    "runq": [
        {"cpu": cpu, "runqueue": word(per_cpu(prog["runqueues"], cpu).address_of_()),
         "current": word(cpu_curr(prog, cpu)),
         "tasks": [word(t) for t in for_each_task(prog) if t.on_rq.value_() == 1 and task_cpu(t) == cpu]}
        for cpu in for_each_online_cpu(prog)
    ],
    "log": get_dmesg(prog).decode(errors="backslashreplace"),
}))

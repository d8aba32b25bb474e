# For the scenarios, to be sourced in the guest. What `truth` prints goes to the console only,
# never to the kernel's log: a dump must not hold its own answer.

now() { cut -d' ' -f1 /proc/uptime; }
truth() { echo "TRUTH $1=$2"; }

# at NAME: that this happens now.
at() { truth "at.$1" "$(now)"; }

# as NAME COMMAND...: runs a command in the background under a name of its own; $! is its pid.
as() {
    local name=$1 file
    file=$(command -v "$2") || file=$PWD/$2
    shift 2
    mkdir -p /run/bin && cp "$file" "/run/bin/$name"
    "/run/bin/$name" "$@" &
    truth "pid.$name" $!
}

# Ordinary company: a server that listens, a daemon that looks at the load every two seconds.
company() {
    /usr/sbin/sshd
    nice -n 5 bash -c 'while :; do read -r l </proc/loadavg; sleep 2; done' &
}

# Real-time tasks may have all of a CPU (since 6.8 the fair server keeps a share for the others).
no_throttling() {
    echo -1 >/proc/sys/kernel/sched_rt_runtime_us
    local f
    for f in /sys/kernel/debug/sched/fair_server/cpu*/runtime; do
        [ -e "$f" ] && echo 0 >"$f"
    done
}

# symbols MODULE NAME...: where a module's variables lie.
symbols() {
    local module=$1 name
    shift
    for name; do
        truth "address.$name" "0x$(awk -v n="$name" -v m="[$module]" '$3 == n && $4 == m {print $1}' /proc/kallsyms)"
    done
}

observe() { ps -eLo pid,tid,ppid,cls,rtprio,ni,psr,stat,wchan:24,comm; }

# The operator's crash, from CPU 0 when that is wanted.
crash_by_hand() {
    truth pid.operator $BASHPID
    at dump
    sleep 0.4 # until the console has said it
    echo c >/proc/sysrq-trigger
}

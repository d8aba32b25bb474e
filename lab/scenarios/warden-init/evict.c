// Sends a program to an address where nothing is: evict PID
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int pid = atoi(argv[1]);
	struct user_regs_struct regs;

	ptrace(PTRACE_ATTACH, pid, 0, 0);
	waitpid(pid, NULL, __WALL);
	ptrace(PTRACE_GETREGS, pid, 0, &regs);
	regs.rip = 16;
	regs.orig_rax = -1;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
	ptrace(PTRACE_DETACH, pid, 0, 0);
	sleep(5);
	return 0;
}

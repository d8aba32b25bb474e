/* A process in a bad state, or a good one: `patient STATE [FILE]`. Prints the PID to look at once it is in that state. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile uint64_t sum;

static void say(pid_t pid) {
  printf("%d\n", (int)pid);
  fflush(stdout);
}

/* A child that does not outlive the test. */
static pid_t start(void) {
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
  }
  return pid;
}

static void rest(void) {
  for (;;) pause();
}

static void grind_forever(void) {
  for (;;) sum += sum * 3 + 1;
}

static pthread_mutex_t north = PTHREAD_MUTEX_INITIALIZER, south = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;

static void take_both(pthread_mutex_t *first, pthread_mutex_t *second) {
  pthread_mutex_lock(first);
  pthread_barrier_wait(&both);
  pthread_mutex_lock(second);
}

static void *north_first(void *unused) {
  take_both(&north, &south);
  return unused;
}

static void *south_first(void *unused) {
  take_both(&south, &north);
  return unused;
}

static void *grinder(void *unused) {
  grind_forever();
  return unused;
}

static void *sleeper(void *unused) {
  for (;;) sleep(1000);
  return unused;
}

static pthread_cond_t work = PTHREAD_COND_INITIALIZER;

static void *worker(void *unused) {
  pthread_mutex_lock(&north);
  for (;;) pthread_cond_wait(&work, &north);
  return unused;
}

static void deadlock(void) {
  pthread_t a, b;
  pthread_barrier_init(&both, NULL, 2);
  pthread_create(&a, NULL, north_first, NULL);
  pthread_create(&b, NULL, south_first, NULL);
  say(getpid());
  pthread_join(a, NULL);
}

static void mixed(void) {
  pthread_t a, b, c;
  pthread_create(&a, NULL, grinder, NULL);
  pthread_create(&b, NULL, sleeper, NULL);
  pthread_create(&c, NULL, worker, NULL);
  say(getpid());
  poll(NULL, 0, -1);
}

/* So many threads that sleep. */
static void crowd(int n) {
  for (int i = 0; i < n; i++) {
    pthread_t thread;
    pthread_create(&thread, NULL, sleeper, NULL);
  }
  say(getpid());
  poll(NULL, 0, -1);
}

static void silent_pipe(void) {
  int ends[2];
  char byte;
  if (pipe(ends)) exit(1);
  if (start() == 0) rest();
  close(ends[1]);
  say(getpid());
  if (read(ends[0], &byte, 1)) exit(1);
}

static void slow_peer(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  char bytes[4096];
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1)) exit(1);
  getsockname(listener, (struct sockaddr *)&address, &length);
  if (start() == 0) {
    int peer = accept(listener, NULL, NULL);
    for (;;) {
      usleep(150000);
      if (write(peer, "drop", 4) != 4) _exit(0);
    }
  }
  close(listener);
  int own = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(own, (struct sockaddr *)&address, length)) exit(1);
  say(getpid());
  while (read(own, bytes, sizeof bytes) > 0) continue;
}

static void locked_file(const char *path) {
  int done[2];
  char byte;
  if (pipe(done)) exit(1);
  if (start() == 0) {
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    if (flock(fd, LOCK_EX) || write(done[1], "x", 1) != 1) _exit(1);
    rest();
  }
  if (read(done[0], &byte, 1) != 1) exit(1);
  int fd = open(path, O_RDWR);
  say(getpid());
  flock(fd, LOCK_EX);
}

/* Two processes, each with a lock that the other waits for. */
static void lock_ring(const char *path) {
  char other[4096];
  int here[2], there[2];
  char byte;
  snprintf(other, sizeof other, "%s-2", path);
  if (pipe(here) || pipe(there)) exit(1);
  int is_child = start() == 0;
  int fd = open(is_child ? other : path, O_RDWR | O_CREAT, 0600);
  if (flock(fd, LOCK_EX)) exit(1);
  if (write((is_child ? there : here)[1], "x", 1) != 1) exit(1);
  if (read((is_child ? here : there)[0], &byte, 1) != 1) exit(1);
  fd = open(is_child ? path : other, O_RDWR);
  if (!is_child) say(getpid());
  flock(fd, LOCK_EX);
}

/* Its parent sleeps so that no signal wakes it until the child ends. */
static void borrowed(void) {
  say(getpid());
  if (vfork() == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sleep(30);
    _exit(0);
  }
}

static void *borrower(void *unused) {
  borrowed();
  return unused;
}

/* One thread that no signal wakes, beside one that loops. */
static void half(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, borrower, NULL);
  grind_forever();
}

/* 4096 bytes at a time, past every cache. */
static void writer(const char *path) {
  void *page = aligned_alloc(4096, 4096);
  int fd = open(path, O_WRONLY | O_CREAT | O_DIRECT, 0600);
  memset(page, 0, 4096);
  say(getpid());
  for (;;)
    if (pwrite(fd, page, 4096, 0) != 4096) exit(1);
}

/* Looks into a file that does not fit into its memory, here and there. */
static void thrash(const char *path) {
  struct stat about;
  int fd = open(path, O_RDONLY);
  if (fd < 0 || fstat(fd, &about)) exit(1);
  /* Who wrote it has it in memory. */
  if (fsync(fd) || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED)) exit(1);
  const volatile char *pages = mmap(NULL, about.st_size, PROT_READ, MAP_SHARED, fd, 0);
  if (pages == MAP_FAILED) exit(1);
  madvise((void *)pages, about.st_size, MADV_RANDOM);
  say(getpid());
  for (uint64_t at = 1;; at = at * 6364136223846793005u + 1442695040888963407u)
    sum += pages[(at >> 16) % about.st_size];
}

/* At work: it computes, and what it computes goes to a file. */
static void at_work(const char *path) {
  FILE *out = fopen(path, "w");
  if (!out) exit(1);
  say(getpid());
  for (;;) {
    for (int i = 0; i < 20000000; i++) sum += sum * 3 + 1;
    rewind(out);
    fprintf(out, "%llu\n", (unsigned long long)sum);
    fflush(out);
  }
}

int main(int count, char **words) {
  const char *state = count > 1 ? words[1] : "";
  const char *file = count > 2 ? words[2] : "";
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!strcmp(state, "user-loop")) {
    say(getpid());
    grind_forever();
  } else if (!strcmp(state, "call-loop")) {
    say(getpid());
    for (;;) syscall(SYS_getppid);
  } else if (!strcmp(state, "failing-loop")) {
    char byte;
    say(getpid());
    for (;;)
      if (read(-1, &byte, 1) == 0) break;
  } else if (!strcmp(state, "deadlock")) deadlock();
  else if (!strcmp(state, "mixed")) mixed();
  else if (!strcmp(state, "crowd")) crowd(atoi(file));
  else if (!strcmp(state, "pipe")) silent_pipe();
  else if (!strcmp(state, "fifo")) {
    if (mkfifo(file, 0600)) return 1;
    say(getpid());
    open(file, O_RDONLY);
  } else if (!strcmp(state, "tcp")) slow_peer();
  else if (!strcmp(state, "flock")) locked_file(file);
  else if (!strcmp(state, "vfork")) borrowed();
  else if (!strcmp(state, "half")) half();
  else if (!strcmp(state, "writer")) writer(file);
  else if (!strcmp(state, "thrash")) thrash(file);
  else if (!strcmp(state, "lock-ring")) lock_ring(file);
  else if (!strcmp(state, "busy")) at_work(file);
  else if (!strcmp(state, "idle")) {
    say(getpid());
    poll(NULL, 0, -1);
  } else if (!strcmp(state, "timer")) {
    say(getpid());
    for (;;) sleep(1000);
  } else if (!strcmp(state, "child")) {
    if (start() == 0) rest();
    say(getpid());
    waitpid(-1, NULL, 0);
  } else if (!strcmp(state, "zombie")) {
    pid_t pid = start();
    if (pid == 0) _exit(0);
    usleep(50000);
    say(pid);
    rest();
  } else if (!strcmp(state, "ends")) {
    say(getpid());
    sleep(2);
  } else
    return 2;
  return 0;
}

// SPDX-License-Identifier: MIT
// An endpoint for benchmarks: streams OpenAI chat completions as fast as they are taken, or paced. Linux, one thread.
//
//   endpoint PORT_FILE        listens on a free loopback port and writes its number
//   POST /v1/chat/completions?chunks=50&interval=20
//
// `chunks` events of about 190 bytes follow the opening one, `interval` milliseconds apart; 0: without a pause, up to
// 64 KiB a write. The finish reason, the usage and [DONE] leave with the last chunk, so a reply takes
// chunks x interval milliseconds.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SLOTS 65536 // of a millisecond each
#define BATCH 65536 // bytes of an unpaced write

typedef struct Connection {
  int fd;
  uint32_t events;
  char *in, *out;
  size_t in_size, in_room, out_size, out_start, out_room;
  int streaming;
  long chunks, interval, sent;
  uint64_t start_ms;
  struct Connection *previous, *next; // in its slot
  int slot;                           // -1: in none
} Connection;

static int poller;
static Connection *slots[SLOTS];
static size_t waiting;

static uint64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void cancel_timer(Connection *c) {
  if (c->slot < 0) return;
  if (c->previous) c->previous->next = c->next;
  else slots[c->slot] = c->next;
  if (c->next) c->next->previous = c->previous;
  c->slot = -1;
  waiting--;
}

static void set_timer(Connection *c, uint64_t due_ms) {
  cancel_timer(c);
  c->slot = (int)(due_ms % SLOTS);
  c->previous = NULL;
  c->next = slots[c->slot];
  if (c->next) c->next->previous = c;
  slots[c->slot] = c;
  waiting++;
}

static void close_connection(Connection *c) {
  cancel_timer(c);
  close(c->fd);
  free(c->in);
  free(c->out);
  free(c);
}

static void append(char **bytes, size_t *size, size_t *room, const char *more, size_t count) {
  if (*size + count > *room) {
    *room = (*size + count) * 2;
    *bytes = realloc(*bytes, *room);
  }
  memcpy(*bytes + *size, more, count);
  *size += count;
}

// one event as one HTTP chunk
static void put_event(Connection *c, const char *json) {
  char event[400];
  int length = snprintf(event, sizeof event, "%zx\r\ndata: %s\n\n\r\n", strlen(json) + 8, json);
  append(&c->out, &c->out_size, &c->out_room, event, (size_t)length);
}

#define HEAD "{\"id\":\"chatcmpl-000000000000000000000000\",\"object\":\"chat.completion.chunk\",\"created\":1763680000,\"model\":\"bench\",\"choices\":"

static void put_end(Connection *c) {
  char usage[400];
  put_event(c, HEAD "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
  snprintf(usage, sizeof usage, HEAD "[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":%ld}}", c->chunks);
  put_event(c, usage);
  put_event(c, "[DONE]");
  append(&c->out, &c->out_size, &c->out_room, "0\r\n\r\n", 5);
}

static void watch(Connection *c, uint32_t events) {
  if (c->events == events) return;
  struct epoll_event e = {.events = events, .data.ptr = c};
  epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &e);
  c->events = events;
}

// 1: everything is written, 0: the socket is full, -1: the connection is closed
static int flush(Connection *c) {
  while (c->out_start < c->out_size) {
    ssize_t n = send(c->fd, c->out + c->out_start, c->out_size - c->out_start, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) return -1;
    if (n < 0) {
      watch(c, EPOLLIN | EPOLLOUT);
      return 0;
    }
    c->out_start += (size_t)n;
  }
  c->out_size = c->out_start = 0;
  watch(c, EPOLLIN);
  return 1;
}

// writes the chunks that are due; -1 when the connection is closed
static int stream(Connection *c) {
  while (c->streaming) {
    if (c->interval > 0) {
      uint64_t due = c->start_ms + (uint64_t)((c->sent + 1) * c->interval);
      if (due > now_ms()) {
        set_timer(c, due);
        return 0;
      }
    }
    do {
      put_event(c, HEAD "[{\"index\":0,\"delta\":{\"content\":\" tok\"},\"finish_reason\":null}]}");
      c->sent++;
    } while (c->interval == 0 && c->sent < c->chunks && c->out_size < BATCH);
    if (c->sent >= c->chunks) {
      put_end(c);
      c->streaming = 0;
    }
    int flushed = flush(c);
    if (flushed <= 0) return flushed;
  }
  return 0;
}

static long query(const char *target, const char *name, long otherwise) {
  const char *at = strstr(target, name);
  return at ? atol(at + strlen(name)) : otherwise;
}

// answers a request once it has arrived completely; -1 when the connection is closed
static int answer(Connection *c) {
  char *end = c->in_size ? memmem(c->in, c->in_size, "\r\n\r\n", 4) : NULL;
  if (!end || c->streaming) return 0;
  *end = 0;
  char *field = strcasestr(c->in, "\r\ncontent-length:");
  size_t whole = (size_t)(end - c->in) + 4 + (field ? strtoul(field + 17, NULL, 10) : 0);
  *end = '\r';
  if (c->in_size < whole) return 0;
  char target[200] = "";
  sscanf(c->in, "%*15s %199s", target);
  c->chunks = query(target, "chunks=", 50);
  c->interval = query(target, "interval=", 0);
  c->start_ms = now_ms();
  c->sent = 0;
  c->streaming = 1;
  memmove(c->in, c->in + whole, c->in_size - whole);
  c->in_size -= whole;
  static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  append(&c->out, &c->out_size, &c->out_room, head, sizeof head - 1);
  put_event(c, HEAD "[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}");
  if (flush(c) < 0) return -1;
  return stream(c);
}

static int receive(Connection *c) {
  char bytes[65536];
  ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
  if (n == 0 || (n < 0 && errno != EAGAIN)) return -1;
  if (n > 0) append(&c->in, &c->in_size, &c->in_room, bytes, (size_t)n);
  return answer(c);
}

static void accept_all(int listener) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Connection *c = calloc(1, sizeof *c);
    c->fd = fd;
    c->slot = -1;
    c->events = EPOLLIN;
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e);
  }
}

static void serve(Connection *c, uint32_t events) {
  int result = events & (EPOLLHUP | EPOLLERR) ? -1 : 0;
  if (result == 0 && events & EPOLLIN) result = receive(c);
  if (result == 0 && events & EPOLLOUT && flush(c) > 0) result = stream(c);
  if (result < 0) close_connection(c);
}

// runs the timers of one millisecond
static void tick(uint64_t ms) {
  Connection *c = slots[ms % SLOTS];
  slots[ms % SLOTS] = NULL;
  for (Connection *next; c; c = next) {
    next = c->next;
    c->slot = -1;
    c->previous = c->next = NULL;
    if (next) next->previous = NULL;
    waiting--;
    if (stream(c) < 0) close_connection(c);
  }
}

static int listen_on_free_port(const char *port_file) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 8192)) return -1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  FILE *file = fopen(port_file, "w");
  if (!file) return -1;
  fprintf(file, "%d\n", ntohs(address.sin_port));
  fclose(file);
  return listener;
}

int main(int count, char **arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: endpoint PORT_FILE\n");
    return 2;
  }
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  poller = epoll_create1(EPOLL_CLOEXEC);
  int listener = listen_on_free_port(arguments[1]);
  if (listener < 0) {
    perror("endpoint");
    return 1;
  }
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL}, ready[1024];
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &e);
  uint64_t ticked = now_ms();
  for (;;) {
    int n = epoll_wait(poller, ready, 1024, waiting ? 1 : -1);
    for (int i = 0; i < n; i++) {
      if (ready[i].data.ptr) serve(ready[i].data.ptr, ready[i].events);
      else accept_all(listener);
    }
    if (!waiting) ticked = now_ms() - 1;
    while (ticked < now_ms()) tick(++ticked);
  }
}

// SPDX-License-Identifier: MIT
// The time that libcurl alone needs for the benchmark: N conversations of T replies each, whose bytes are discarded.
// No JSON, no transcripts, one thread, each event received as it arrives.
//
// cc -O2 -o floor floor.c -lcurl && ./floor URL N T
#define _GNU_SOURCE
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

enum { SPREAD = 150, EVENTS = 256 }; // microseconds between two starts; events taken at once

static CURLM *multi;
static int epoll;
static double alarm_at = -1; // when libcurl wants to be called without a socket; negative for never
static const char *url;
static struct curl_slist *headers;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int on_socket(CURL *easy, curl_socket_t socket, int wanted, void *owner, void *known) {
  (void)easy, (void)owner;
  if (wanted == CURL_POLL_REMOVE) return epoll_ctl(epoll, EPOLL_CTL_DEL, socket, NULL), 0;
  struct epoll_event event = {.data.fd = socket};
  if (wanted & CURL_POLL_IN) event.events |= EPOLLIN;
  if (wanted & CURL_POLL_OUT) event.events |= EPOLLOUT;
  epoll_ctl(epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
  curl_multi_assign(multi, socket, &epoll);
  return 0;
}

static int on_timer(CURLM *handle, long milliseconds, void *owner) {
  (void)handle, (void)owner;
  alarm_at = milliseconds < 0 ? -1 : now() + milliseconds / 1e3;
  return 0;
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *owner) {
  (void)bytes, (void)owner;
  return size * count;
}

static void ask(int *left) {
  CURL *easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                   "{\"model\":\"bench\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]}");
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 1024L);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, left);
  curl_multi_add_handle(multi, easy);
}

// Starts the next reply of unfinished conversations; returns how many conversations have finished.
static int take_finished(void) {
  int over = 0, remaining;
  for (CURLMsg *message; (message = curl_multi_info_read(multi, &remaining));) {
    CURL *easy = message->easy_handle;
    int *left;
    if (message->data.result != CURLE_OK) exit(1);
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&left);
    curl_multi_remove_handle(multi, easy);
    curl_easy_cleanup(easy);
    if (--*left > 0) {
      ask(left);
    } else {
      over++;
    }
  }
  return over;
}

static void run(int count, int *left) {
  static struct epoll_event events[EVENTS];
  const double start = now();
  int started = 0, over = 0, running;
  while (over < count) {
    while (started < count && now() - start >= started * SPREAD / 1e6) ask(&left[started++]);
    int wait = 1000;
    if (alarm_at >= 0) wait = alarm_at > now() ? (int)((alarm_at - now()) * 1e3) + 1 : 0;
    const int ready = epoll_wait(epoll, events, EVENTS, started < count ? 0 : wait);
    for (int i = 0; i < ready; i++) {
      int mask = 0;
      if (events[i].events & EPOLLIN) mask |= CURL_CSELECT_IN;
      if (events[i].events & EPOLLOUT) mask |= CURL_CSELECT_OUT;
      curl_multi_socket_action(multi, events[i].data.fd, mask, &running);
    }
    if (alarm_at >= 0 && now() >= alarm_at) {
      alarm_at = -1;
      curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    over += take_finished();
  }
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  const int count = atoi(argv[2]);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  curl_global_init(CURL_GLOBAL_ALL);
  url = argv[1];
  headers = curl_slist_append(NULL, "Content-Type: application/json");
  multi = curl_multi_init();
  epoll = epoll_create1(EPOLL_CLOEXEC);
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
  int *left = malloc(sizeof(int) * (size_t)count);
  for (int i = 0; i < count; i++) left[i] = atoi(argv[3]);
  run(count, left);
  return 0;
}

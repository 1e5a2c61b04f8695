// SPDX-License-Identifier: MIT
#include "shim.h"
#include <stddef.h>

#if defined(RESONANT_STATIC_CURL)
#define LIBRARY "libcurl"
#elif defined(__APPLE__)
#define LIBRARY "libcurl.4.dylib"
#else
#define LIBRARY "libcurl.so.4"
#endif

#define FUNCTIONS(USE)                                                                                         \
  USE(global_init) USE(easy_init) USE(easy_cleanup) USE(easy_strerror) USE(easy_setopt) USE(easy_getinfo)      \
  USE(slist_append) USE(slist_free_all) USE(multi_init) USE(multi_cleanup) USE(multi_add_handle)               \
  USE(multi_remove_handle) USE(multi_info_read) USE(multi_setopt) USE(multi_assign) USE(multi_socket_action)   \
  USE(multi_poll) USE(multi_perform) USE(multi_wakeup) USE(url) USE(url_cleanup) USE(url_set) USE(url_get)     \
  USE(free) USE(getdate)

#define MEMBER(name) __typeof__(curl_##name) *name;
static struct { FUNCTIONS(MEMBER) } api;

#ifdef RESONANT_STATIC_CURL
static const char *fill(void) {
#define TAKE(name) api.name = curl_##name;
  FUNCTIONS(TAKE)
  return NULL;
}
#else
#include <dlfcn.h>
#define LOAD(name)                                                                                             \
  api.name = (__typeof__(api.name))dlsym(library, "curl_" #name);                                              \
  if (api.name == NULL) return LIBRARY " is too old: it has no curl_" #name;

static const char *fill(void) {
  void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return LIBRARY " was not found";
  FUNCTIONS(LOAD)
  return NULL;
}
#endif

const char *ccurl_load(void) {
  const char *failure = fill();
  if (failure != NULL) return failure;
  if (api.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return LIBRARY " does not start";
  return NULL;
}

CURL *ccurl_easy_init(void) { return api.easy_init(); }
void ccurl_easy_cleanup(CURL *easy) { api.easy_cleanup(easy); }
const char *ccurl_easy_strerror(CURLcode code) { return api.easy_strerror(code); }

CURLcode ccurl_easy_set_long(CURL *easy, CURLoption option, long value) {
  return api.easy_setopt(easy, option, value);
}
CURLcode ccurl_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return api.easy_setopt(easy, option, value);
}
CURLcode ccurl_easy_set_string(CURL *easy, CURLoption option, const char *value) {
  return api.easy_setopt(easy, option, value);
}
CURLcode ccurl_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
  return api.easy_setopt(easy, option, value);
}
CURLcode ccurl_easy_set_write(CURL *easy, curl_write_callback function, void *owner) {
  api.easy_setopt(easy, CURLOPT_WRITEDATA, owner);
  return api.easy_setopt(easy, CURLOPT_WRITEFUNCTION, function);
}
CURLcode ccurl_easy_set_header(CURL *easy, curl_write_callback function, void *owner) {
  api.easy_setopt(easy, CURLOPT_HEADERDATA, owner);
  return api.easy_setopt(easy, CURLOPT_HEADERFUNCTION, function);
}
CURLcode ccurl_easy_set_read(CURL *easy, curl_read_callback function, void *owner) {
  api.easy_setopt(easy, CURLOPT_READDATA, owner);
  return api.easy_setopt(easy, CURLOPT_READFUNCTION, function);
}
CURLcode ccurl_easy_set_seek(CURL *easy, curl_seek_callback function, void *owner) {
  api.easy_setopt(easy, CURLOPT_SEEKDATA, owner);
  return api.easy_setopt(easy, CURLOPT_SEEKFUNCTION, function);
}
CURLcode ccurl_easy_set_debug(CURL *easy, curl_debug_callback function, void *owner) {
  api.easy_setopt(easy, CURLOPT_DEBUGDATA, owner);
  return api.easy_setopt(easy, CURLOPT_DEBUGFUNCTION, function);
}
CURLcode ccurl_easy_set_sockopt(CURL *easy, curl_sockopt_callback function) {
  return api.easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, function);
}
void ccurl_easy_set_recent_options(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
  api.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
  api.easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
  (void)easy;
}

long ccurl_easy_get_long(CURL *easy, CURLINFO info) {
  long value = 0;
  return api.easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}
curl_off_t ccurl_easy_get_offset(CURL *easy, CURLINFO info) {
  curl_off_t value = 0;
  return api.easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}
void *ccurl_easy_get_owner(CURL *easy) {
  char *owner = NULL;
  return api.easy_getinfo(easy, CURLINFO_PRIVATE, &owner) == CURLE_OK ? owner : NULL;
}

const char *ccurl_easy_get_authorities(CURL *easy) {
  char *file = NULL;
#if LIBCURL_VERSION_NUM >= 0x075400
  if (api.easy_getinfo(easy, CURLINFO_CAINFO, &file) != CURLE_OK) return NULL;
#endif
  (void)easy;
  return file;
}

time_t ccurl_getdate(const char *text) { return api.getdate(text, NULL); }

struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *text) {
  return api.slist_append(list, text);
}
void ccurl_slist_free_all(struct curl_slist *list) { api.slist_free_all(list); }

CURLM *ccurl_multi_init(void) { return api.multi_init(); }
CURLMcode ccurl_multi_cleanup(CURLM *multi) { return api.multi_cleanup(multi); }
CURLMcode ccurl_multi_add_handle(CURLM *multi, CURL *easy) { return api.multi_add_handle(multi, easy); }
CURLMcode ccurl_multi_remove_handle(CURLM *multi, CURL *easy) { return api.multi_remove_handle(multi, easy); }
CURLMsg *ccurl_multi_info_read(CURLM *multi, int *remaining) { return api.multi_info_read(multi, remaining); }
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return api.multi_setopt(multi, option, value);
}
CURLMcode ccurl_multi_set_socket(CURLM *multi, curl_socket_callback function, void *owner) {
  api.multi_setopt(multi, CURLMOPT_SOCKETDATA, owner);
  return api.multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, function);
}
CURLMcode ccurl_multi_set_timer(CURLM *multi, curl_multi_timer_callback function, void *owner) {
  api.multi_setopt(multi, CURLMOPT_TIMERDATA, owner);
  return api.multi_setopt(multi, CURLMOPT_TIMERFUNCTION, function);
}
CURLMcode ccurl_multi_assign(CURLM *multi, curl_socket_t socket, void *mark) {
  return api.multi_assign(multi, socket, mark);
}
CURLMcode ccurl_multi_socket_action(CURLM *multi, curl_socket_t socket, int events, int *running) {
  return api.multi_socket_action(multi, socket, events, running);
}
CURLMcode ccurl_multi_poll(CURLM *multi, int timeout_ms) {
  return api.multi_poll(multi, NULL, 0, timeout_ms, NULL);
}
CURLMcode ccurl_multi_perform(CURLM *multi) {
  int running = 0;
  return api.multi_perform(multi, &running);
}
CURLMcode ccurl_multi_wakeup(CURLM *multi) { return api.multi_wakeup(multi); }

CURLU *ccurl_url(void) { return api.url(); }
void ccurl_url_cleanup(CURLU *url) { api.url_cleanup(url); }
CURLUcode ccurl_url_set(CURLU *url, CURLUPart part, const char *text, unsigned int flags) {
  return api.url_set(url, part, text, flags);
}
CURLUcode ccurl_url_get(CURLU *url, CURLUPart part, char **text, unsigned int flags) {
  return api.url_get(url, part, text, flags);
}
void ccurl_free(void *pointer) { api.free(pointer); }

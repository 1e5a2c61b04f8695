// SPDX-License-Identifier: MIT
//
// The part of libcurl that Swift uses. `ccurl_load` loads the library at the first request, because loading
// it with its dependencies takes longer than everything else a short command does. With RESONANT_STATIC_CURL
// defined, the program itself contains the library, and there is nothing to load. Swift cannot call variadic
// functions, so each has one fixed form per argument type here.
#ifndef RESONANT_CCURL_H
#define RESONANT_CCURL_H

#include <curl/curl.h>

#ifdef __linux__
// Swift's system module on Linux lacks both headers.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#endif

/// Loads and initialises libcurl. Returns NULL on success, otherwise the reason for the failure. Call it
/// once, before any other function here; if it fails, call none of them.
const char *ccurl_load(void);

CURL *ccurl_easy_init(void);
void ccurl_easy_cleanup(CURL *easy);
const char *ccurl_easy_strerror(CURLcode code);

CURLcode ccurl_easy_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value);
CURLcode ccurl_easy_set_string(CURL *easy, CURLoption option, const char *value);
CURLcode ccurl_easy_set_pointer(CURL *easy, CURLoption option, void *value);
CURLcode ccurl_easy_set_write(CURL *easy, curl_write_callback function, void *owner);
CURLcode ccurl_easy_set_header(CURL *easy, curl_write_callback function, void *owner);
CURLcode ccurl_easy_set_read(CURL *easy, curl_read_callback function, void *owner);
CURLcode ccurl_easy_set_seek(CURL *easy, curl_seek_callback function, void *owner);
CURLcode ccurl_easy_set_debug(CURL *easy, curl_debug_callback function, void *owner);
CURLcode ccurl_easy_set_sockopt(CURL *easy, curl_sockopt_callback function);
/// Allows HTTP and HTTPS only, and lets a transfer end during a name lookup, where the library has these
/// options.
void ccurl_easy_set_recent_options(CURL *easy);

/// Seconds since 1970; -1 if `text` is not a date.
time_t ccurl_getdate(const char *text);

/// Zero or NULL if the information is not available.
long ccurl_easy_get_long(CURL *easy, CURLINFO info);
curl_off_t ccurl_easy_get_offset(CURL *easy, CURLINFO info);
void *ccurl_easy_get_owner(CURL *easy);
/// The file of authorities to trust, at first libcurl's own choice; NULL if it has none or does not say.
const char *ccurl_easy_get_authorities(CURL *easy);

struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *text);
void ccurl_slist_free_all(struct curl_slist *list);

CURLM *ccurl_multi_init(void);
CURLMcode ccurl_multi_cleanup(CURLM *multi);
CURLMcode ccurl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_remove_handle(CURLM *multi, CURL *easy);
CURLMsg *ccurl_multi_info_read(CURLM *multi, int *remaining);
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode ccurl_multi_set_socket(CURLM *multi, curl_socket_callback function, void *owner);
CURLMcode ccurl_multi_set_timer(CURLM *multi, curl_multi_timer_callback function, void *owner);
CURLMcode ccurl_multi_assign(CURLM *multi, curl_socket_t socket, void *mark);
CURLMcode ccurl_multi_socket_action(CURLM *multi, curl_socket_t socket, int events, int *running);
CURLMcode ccurl_multi_poll(CURLM *multi, int timeout_ms);
CURLMcode ccurl_multi_perform(CURLM *multi);
CURLMcode ccurl_multi_wakeup(CURLM *multi);

CURLU *ccurl_url(void);
void ccurl_url_cleanup(CURLU *url);
CURLUcode ccurl_url_set(CURLU *url, CURLUPart part, const char *text, unsigned int flags);
CURLUcode ccurl_url_get(CURLU *url, CURLUPart part, char **text, unsigned int flags);
void ccurl_free(void *pointer);

#endif

/* What of libcurl takes a variable number of arguments, which Swift cannot call, one function for each
   type of argument. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

typedef size_t (*cc_sink)(char *bytes, size_t size, size_t count, void *context);
typedef int (*cc_watch)(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d);

static inline CURLcode cc_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode cc_set_long(CURL *curl, CURLoption option, long value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode cc_set_size(CURL *curl, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode cc_set_text(CURL *curl, CURLoption option, const char *value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode cc_set_pointer(CURL *curl, CURLoption option, void *value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode cc_set_list(CURL *curl, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode cc_set_sink(CURL *curl, CURLoption option, cc_sink value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode cc_set_watch(CURL *curl, cc_watch value) {
  return curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, value);
}

/* Lets it speak only one of HTTP and HTTPS; libcurl before 7.85 takes bits instead of a name. */
static inline CURLcode cc_set_protocol(CURL *curl, int is_plain) {
#if LIBCURL_VERSION_NUM >= 0x075500
  return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, is_plain ? "http" : "https");
#else
  return curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(is_plain ? CURLPROTO_HTTP : CURLPROTO_HTTPS));
#endif
}

static inline long cc_status(CURL *curl) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

/* Microseconds until it was about to send; 0 where it did not come so far. */
static inline curl_off_t cc_pretransfer_time(CURL *curl) {
  curl_off_t time = 0;
  curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &time);
  return time;
}

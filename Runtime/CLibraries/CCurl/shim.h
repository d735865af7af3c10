#ifndef APUS_CCURL
#define APUS_CCURL

// What checks the types of an option needs to see the option as a constant.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// Swift calls no variadic function; so there is one of these for each type that an option takes.

typedef size_t (*apus_curl_transfer)(char *bytes, size_t size, size_t count, void *context);
typedef int (*apus_curl_seek)(void *context, curl_off_t offset, int origin);

static inline CURLcode apus_curl_set_number(CURL *curl, CURLoption option, long value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode apus_curl_set_offset(CURL *curl, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode apus_curl_set_text(CURL *curl, CURLoption option, const char *value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode apus_curl_set_pointer(CURL *curl, CURLoption option, void *value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode apus_curl_set_transfer(CURL *curl, CURLoption option, apus_curl_transfer value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode apus_curl_set_seek(CURL *curl, apus_curl_seek value) {
    return curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, value);
}

static inline CURLcode apus_curl_number(CURL *curl, CURLINFO info, long *value) {
    return curl_easy_getinfo(curl, info, value);
}

#endif

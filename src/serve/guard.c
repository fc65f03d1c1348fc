#include "serve/guard.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ":8080"; an empty text, or just a colon, means the default port. */
static bool is_port(const char *text) {
    size_t digits = 0;

    if (*text == '\0') {
        return true;
    }
    digits = strspn(text + 1, "0123456789");
    return *text == ':' && text[1 + digits] == '\0' && digits <= 5 && (digits == 0 || atoi(text + 1) <= 65535);
}

/* The host name without its port, in lower case, and without the brackets of an IPv6 address. false: it is no host. */
static bool host_name(const char *host, char *out, size_t size) {
    bool brackets = host[0] == '[';
    const char *name = brackets ? host + 1 : host;
    size_t length = strcspn(name, brackets ? "]" : ":");
    const char *rest = name + length;
    struct in6_addr ipv6;

    if (length == 0 || length >= size || (brackets && *rest++ != ']') || !is_port(rest)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)name[i];
        if (!isalnum(byte) && strchr(brackets ? ".:" : ".-_", byte) == NULL) {
            return false;
        }
        out[i] = (char)tolower(byte);
    }
    if (!brackets && length > 1 && out[length - 1] == '.') {
        length--; /* "localhost." is the same name */
    }
    out[length] = '\0';
    return !brackets || inet_pton(AF_INET6, out, &ipv6) == 1;
}

/* Whether a name is a loopback address in the usual notation: inet_pton() accepts no octal or hexadecimal numbers, nor
 * fewer parts. */
static bool is_loopback(const char *name) {
    struct in_addr ipv4;
    struct in6_addr ipv6;

    if (inet_pton(AF_INET, name, &ipv4) == 1) {
        return ntohl(ipv4.s_addr) >> 24 == 127;
    }
    return inet_pton(AF_INET6, name, &ipv6) == 1 && IN6_IS_ADDR_LOOPBACK(&ipv6);
}

static bool is_allowed(const char *name, const char *pattern) {
    size_t length = strlen(name), size = strlen(pattern);

    if (pattern[0] == '.') {
        return length > size && strcasecmp(name + length - size, pattern) == 0;
    }
    return strcasecmp(name, pattern) == 0;
}

bool sty_guard_host(const char *host, const char *bound, const struct sty_strlist *allowed) {
    char name[256];

    if (!host_name(host, name, sizeof(name))) {
        return false;
    }
    if (strcmp(name, "localhost") == 0 || is_loopback(name) || strcasecmp(name, bound) == 0) {
        return true;
    }
    if (is_allowed(name, ".localhost")) { /* nobody can own such a name, and browsers do not resolve it by DNS */
        return true;
    }
    for (size_t i = 0; i < allowed->count; i++) {
        if (is_allowed(name, allowed->items[i])) {
            return true;
        }
    }
    return false;
}

bool sty_guard_origin(const char *origin, const char *host) {
    if (strncasecmp(origin, "http://", 7) == 0) {
        origin += 7;
    } else if (strncasecmp(origin, "https://", 8) == 0) {
        origin += 8;
    } else {
        return false;
    }
    return strcasecmp(origin, host) == 0;
}

bool sty_guard_is_origin(const char *text) {
    const char *host = strncmp(text, "http://", 7) == 0 ? text + 7 : strncmp(text, "https://", 8) == 0 ? text + 8 : "";
    char name[256];

    for (const char *at = host; *at != '\0'; at++) {
        if (isupper((unsigned char)*at)) {
            return false;
        }
    }
    return host[0] != '\0' && host_name(host, name, sizeof(name)) && host[strlen(host) - 1] != ':';
}

bool sty_guard_path(const char *url_path, struct sty_buf *out) {
    const char *at = url_path;

    while (*at == '/') {
        at++;
    }
    while (*at != '\0') {
        size_t part = strcspn(at, "/");
        if (at[0] == '.' || part > 255) {
            return false;
        }
        for (size_t i = 0; i < part; i++) {
            if ((unsigned char)at[i] < 0x20 || at[i] == '\\' || at[i] == 0x7f) {
                return false;
            }
        }
        if (part > 0) {
            sty_buf_append(out, at, part);
            sty_buf_add(out, at[part] == '/' ? "/" : "");
        }
        at += part + (at[part] == '/' ? 1 : 0);
    }
    if (out->size == 0 || out->data[out->size - 1] == '/') {
        sty_buf_add(out, "index.html");
    }
    return !out->failed && out->size < 4096;
}

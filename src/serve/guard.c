#include "serve/guard.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

/* The name without its port, in lower case and without brackets. false: not a host. */
static bool host_name(const char *host, char *out, size_t size) {
    const char *end = host + strlen(host);
    size_t length = 0;

    if (host[0] == '[') {
        end = strchr(host, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':')) {
            return false;
        }
        host++;
    } else if (strchr(host, ':') != NULL) {
        end = strchr(host, ':');
    }
    length = (size_t)(end - host);
    if (*end == ']') {
        end++;
    }
    for (const char *at = *end == ':' ? end + 1 : end; *at != '\0'; at++) {
        if (!isdigit((unsigned char)*at)) {
            return false;
        }
    }
    if (length == 0 || length >= size) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)host[i];
        if (!isalnum(byte) && strchr(".-:_%", byte) == NULL) {
            return false;
        }
        out[i] = (char)tolower(byte);
    }
    if (length > 1 && out[length - 1] == '.') {
        length--; /* "localhost." is the same name */
    }
    out[length] = '\0';
    return true;
}

/* In the usual writing: inet_pton() knows no octal, no hexadecimal and no fewer parts. */
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

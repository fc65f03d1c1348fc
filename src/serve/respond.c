#include "serve/respond.h"

#include <time.h>

static const struct {
    unsigned status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {302, "Found"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
};

static const char *reason_of(unsigned status) {
    for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
        if (reasons[i].status == status) {
            return reasons[i].reason;
        }
    }
    return "Other";
}

static void add_field(struct sty_buf *out, const char *name, const char *value) {
    if (value != NULL) {
        sty_buf_printf(out, "%s: %s\r\n", name, value);
    }
}

static void add_date(struct sty_buf *out) {
    time_t now = time(NULL);
    struct tm utc;
    char text[64];

    if (gmtime_r(&now, &utc) != NULL && strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &utc) > 0) {
        add_field(out, "date", text);
    }
}

bool response_is_empty(unsigned status) {
    return status == 204 || status == 304;
}

void response_write(const struct response *response, struct sty_buf *out) {
    sty_buf_printf(out, "HTTP/1.1 %u %s\r\n", response->status, reason_of(response->status));
    add_date(out);
    add_field(out, "content-type", response->type);
    if (!response_is_empty(response->status)) {
        sty_buf_printf(out, "content-length: %zu\r\n", response->size);
    }
    add_field(out, "etag", response->etag);
    add_field(out, "location", response->location);
    add_field(out, "content-range", response->range);
    add_field(out, "accept-ranges", response->etag != NULL ? "bytes" : NULL);
    add_field(out, "mcp-session-id", response->session);
    add_field(out, "allow", response->status != 405 ? NULL : response->allow != NULL ? response->allow : "GET, HEAD");
    add_field(out, "retry-after", response->status == 503 ? "1" : NULL);
    add_field(out, "storytime-route", response->is_routed ? "answered" : NULL);
    add_field(out, "upgrade", response->status == 426 ? "websocket" : NULL);
    add_field(out, "sec-websocket-version", response->status == 426 ? "13" : NULL);
    add_field(out, "access-control-allow-origin", response->sharer);
    add_field(out, "access-control-allow-credentials", response->sharer != NULL ? "true" : NULL);
    add_field(out, "access-control-allow-methods", response->is_preflight ? "GET, HEAD" : NULL);
    add_field(out, "vary", response->is_shared ? "Origin" : NULL);
    add_field(out, "cache-control", "no-cache"); /* caches must revalidate each time, so that edits show */
    add_field(out, "x-content-type-options", "nosniff");
    add_field(out, "cross-origin-resource-policy", "same-origin");
    add_field(out, "referrer-policy", "same-origin");
    /* Stories may load what they want, but we decide who may frame them. */
    sty_buf_printf(out, "content-security-policy: %sframe-ancestors %s\r\n",
                   response->is_ours ? "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src "
                                       "'self'; base-uri 'none'; form-action 'none'; "
                                     : "",
                   response->ancestors != NULL ? response->ancestors : "'self'");
    add_field(out, "connection",
              response->status == 426 ? "upgrade, close"
              : response->close_after ? "close"
                                      : "keep-alive");
    sty_buf_add(out, "\r\n");
}

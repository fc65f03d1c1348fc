#include "builder/protocol.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/socket.h"
#include "builder/json.h"

static const char *const type_names[] = {
    [STY_MESSAGE_BUILD] = "build",
    [STY_MESSAGE_CANCEL] = "cancel",
    [STY_MESSAGE_INTERRUPT] = "interrupt",
    [STY_MESSAGE_END] = "end",
    [STY_MESSAGE_READY] = "ready",
    [STY_MESSAGE_STARTED] = "started",
    [STY_MESSAGE_SOURCE] = "source",
    [STY_MESSAGE_WROTE] = "wrote",
    [STY_MESSAGE_PUBLISHING] = "publishing",
    [STY_MESSAGE_FOCUS] = "focus",
    [STY_MESSAGE_DONE] = "done",
    [STY_MESSAGE_FAILED] = "failed",
    [STY_MESSAGE_PROGRESS] = "progress",
    [STY_MESSAGE_INCOMPLETE] = "incomplete",
    [STY_MESSAGE_RENDER] = "render",
    [STY_MESSAGE_RENDERED] = "rendered",
};

#define TYPE_COUNT (sizeof(type_names) / sizeof(*type_names))

static void put_error(yyjson_mut_doc *doc, yyjson_mut_val *root, const struct sty_error *error) {
    yyjson_mut_val *object = yyjson_mut_obj_add_obj(doc, root, "error");

    yyjson_mut_obj_add_int(doc, object, "status", error->status);
    json_put_text(doc, object, "code", error->code);
    json_put_text(doc, object, "type", error->type);
    json_put_text(doc, object, "message", sty_error_message(error));
    json_put_text(doc, object, "file", error->file);
    yyjson_mut_obj_add_int(doc, object, "line", error->line);
    json_put_text(doc, object, "traceback", error->traceback);
}

static void put_stamp(yyjson_mut_doc *doc, yyjson_mut_val *root, const struct sty_file_stamp *stamp) {
    yyjson_mut_obj_add_sint(doc, root, "mtime", stamp->mtime_ns);
    yyjson_mut_obj_add_sint(doc, root, "ctime", stamp->ctime_ns);
    yyjson_mut_obj_add_uint(doc, root, "size", stamp->size);
    yyjson_mut_obj_add_uint(doc, root, "inode", stamp->inode);
}

/* Flags that are false are left out. */
static void put_flag(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *name, bool value) {
    if (value) {
        yyjson_mut_obj_add_bool(doc, root, name, true);
    }
}

void sty_message_write(const struct sty_message *message, struct sty_buf *out) {
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *root = yyjson_mut_obj(doc);

    yyjson_mut_doc_set_root(doc, root);
    yyjson_mut_obj_add_str(doc, root, "type", type_names[message->type]);
    yyjson_mut_obj_add_uint(doc, root, "id", message->id);
    json_put_list(doc, root, "changed", &message->changed);
    json_put_list(doc, root, "existence", &message->existence);
    json_put_list(doc, root, "focus", &message->focus);
    json_put_list(doc, root, "written", &message->written);
    json_put_list(doc, root, "removed", &message->removed);
    json_put_list(doc, root, "faults", &message->faults);
    json_put_list(doc, root, "sources", &message->sources);
    json_put_list(doc, root, "routed", &message->routed);
    if (message->type == STY_MESSAGE_DONE || message->type == STY_MESSAGE_FOCUS) {
        yyjson_mut_obj_add_bool(doc, root, "ran_code", message->ran_code);
        yyjson_mut_obj_add_bool(doc, root, "assets", message->assets);
    }
    if (message->type == STY_MESSAGE_DONE) {
        yyjson_mut_obj_add_bool(doc, root, "context_globals", message->context_globals);
        yyjson_mut_obj_add_bool(doc, root, "lists_sources", message->lists_sources);
        yyjson_mut_obj_add_bool(doc, root, "navigation", message->navigation);
        yyjson_mut_obj_add_bool(doc, root, "refused", message->refused);
        yyjson_mut_obj_add_bool(doc, root, "stale", message->stale);
        yyjson_mut_obj_add_uint(doc, root, "fault_count", message->fault_count);
    }
    json_put_text(doc, root, "summary", message->summary);
    json_put_text(doc, root, "package_dir", message->package_dir);
    json_put_text(doc, root, "path", message->path);
    json_put_text(doc, root, "args", message->args);
    json_put_text(doc, root, "globals", message->globals);
    json_put_text(doc, root, "html", message->html);
    json_put_text(doc, root, "navigation_changes", message->navigation_changes);
    put_flag(doc, root, "as_python", message->as_python);
    put_flag(doc, root, "as_document", message->as_document);
    json_put_text(doc, root, "method", message->method);
    json_put_text(doc, root, "asked_path", message->asked_path);
    json_put_text(doc, root, "query", message->query);
    json_put_text(doc, root, "content_type", message->content_type);
    json_put_text(doc, root, "body", message->body);
    if (message->type == STY_MESSAGE_RENDERED) {
        yyjson_mut_obj_add_uint(doc, root, "status", message->status);
    }
    if (message->type == STY_MESSAGE_PROGRESS || message->type == STY_MESSAGE_WROTE) {
        yyjson_mut_obj_add_uint(doc, root, "step", message->step);
    }
    if (message->type == STY_MESSAGE_PROGRESS) {
        yyjson_mut_obj_add_uint(doc, root, "count", message->count);
        yyjson_mut_obj_add_uint(doc, root, "total", message->total);
    }
    if (message->type == STY_MESSAGE_SOURCE || message->type == STY_MESSAGE_WROTE) {
        put_stamp(doc, root, &message->stamp);
    }
    if (message->type == STY_MESSAGE_FAILED) {
        put_error(doc, root, &message->error);
    }
    json_write(doc, out);
    sty_buf_putc(out, '\n');
}

static bool get_lists(yyjson_val *root, struct sty_message *out) {
    return json_get_list(root, "changed", &out->changed) && json_get_list(root, "existence", &out->existence) &&
           json_get_list(root, "focus", &out->focus) && json_get_list(root, "written", &out->written) &&
           json_get_list(root, "removed", &out->removed) && json_get_list(root, "faults", &out->faults) &&
           json_get_list(root, "sources", &out->sources) && json_get_list(root, "routed", &out->routed);
}

static char *get_text(yyjson_val *root, const char *key) {
    return sty_strdup(yyjson_get_str(yyjson_obj_get(root, key)));
}

static void get_error(yyjson_val *root, struct sty_error *out) {
    yyjson_val *object = yyjson_obj_get(root, "error");
    int status = yyjson_get_int(yyjson_obj_get(object, "status"));

    out->status = status < 0 ? status : STY_ERR_PROTOCOL;
    out->code = sty_error_code(yyjson_get_str(yyjson_obj_get(object, "code")));
    out->type = get_text(object, "type");
    out->message = get_text(object, "message");
    out->file = get_text(object, "file");
    out->line = yyjson_get_int(yyjson_obj_get(object, "line"));
    out->traceback = get_text(object, "traceback");
}

static void get_stamp(yyjson_val *root, struct sty_file_stamp *out) {
    out->mtime_ns = yyjson_get_sint(yyjson_obj_get(root, "mtime"));
    out->ctime_ns = yyjson_get_sint(yyjson_obj_get(root, "ctime"));
    out->size = yyjson_get_uint(yyjson_obj_get(root, "size"));
    out->inode = yyjson_get_uint(yyjson_obj_get(root, "inode"));
}

static bool get_type(yyjson_val *root, enum sty_message_type *out) {
    const char *name = yyjson_get_str(yyjson_obj_get(root, "type"));

    for (size_t i = 0; name != NULL && i < TYPE_COUNT; i++) {
        if (strcmp(type_names[i], name) == 0) {
            *out = (enum sty_message_type)i;
            return true;
        }
    }
    return false;
}

int sty_message_send(int socket, const struct sty_message *message) {
    struct sty_buf line = {0};
    size_t done = 0;
    int failure = 0;

    sty_message_write(message, &line);
    while (!line.failed && failure == 0 && done < line.size) {
        ssize_t written = sty_socket_send(socket, line.data + done, line.size - done, true);
        failure = written < 0 && errno != EINTR ? errno : 0;
        done += written > 0 ? (size_t)written : 0;
    }
    sty_buf_finish(&line);
    return failure;
}

int sty_message_parse(const char *line, size_t size, struct sty_message *out, struct sty_error *err) {
    yyjson_doc *doc = size <= STY_PROTOCOL_LONGEST ? yyjson_read(line, size, YYJSON_READ_ALLOW_INVALID_UNICODE) : NULL;
    yyjson_val *root = yyjson_doc_get_root(doc);
    int status = STY_OK;

    *out = (struct sty_message){0};
    if (!yyjson_is_obj(root) || !get_type(root, &out->type) || !get_lists(root, out)) {
        status = sty_error_set(err, STY_ERR_PROTOCOL, "not a message between server and builder: '%.*s'",
                               (int)(size < 80 ? size : 80), line);
        sty_message_finish(out);
    } else {
        out->id = yyjson_get_uint(yyjson_obj_get(root, "id"));
        out->navigation = yyjson_get_bool(yyjson_obj_get(root, "navigation"));
        out->assets = yyjson_get_bool(yyjson_obj_get(root, "assets"));
        out->refused = yyjson_get_bool(yyjson_obj_get(root, "refused"));
        out->lists_sources = yyjson_get_bool(yyjson_obj_get(root, "lists_sources"));
        out->stale = yyjson_get_bool(yyjson_obj_get(root, "stale"));
        out->fault_count = yyjson_get_uint(yyjson_obj_get(root, "fault_count"));
        out->summary = get_text(root, "summary");
        out->package_dir = get_text(root, "package_dir");
        out->path = get_text(root, "path");
        out->args = get_text(root, "args");
        out->globals = get_text(root, "globals");
        out->html = get_text(root, "html");
        out->navigation_changes = get_text(root, "navigation_changes");
        out->as_python = yyjson_get_bool(yyjson_obj_get(root, "as_python"));
        out->as_document = yyjson_get_bool(yyjson_obj_get(root, "as_document"));
        out->method = get_text(root, "method");
        out->asked_path = get_text(root, "asked_path");
        out->query = get_text(root, "query");
        out->content_type = get_text(root, "content_type");
        out->body = get_text(root, "body");
        out->context_globals = yyjson_get_bool(yyjson_obj_get(root, "context_globals"));
        out->ran_code = yyjson_get_bool(yyjson_obj_get(root, "ran_code"));
        out->status = (unsigned)yyjson_get_uint(yyjson_obj_get(root, "status"));
        out->step = (unsigned)yyjson_get_uint(yyjson_obj_get(root, "step"));
        out->count = yyjson_get_uint(yyjson_obj_get(root, "count"));
        out->total = yyjson_get_uint(yyjson_obj_get(root, "total"));
        get_stamp(root, &out->stamp);
        if (out->type == STY_MESSAGE_FAILED) {
            get_error(root, &out->error);
        }
    }
    yyjson_doc_free(doc);
    return status;
}

void sty_message_finish(struct sty_message *message) {
    sty_strlist_finish(&message->changed);
    sty_strlist_finish(&message->existence);
    sty_strlist_finish(&message->focus);
    sty_strlist_finish(&message->written);
    sty_strlist_finish(&message->removed);
    sty_strlist_finish(&message->faults);
    sty_strlist_finish(&message->sources);
    sty_free(message->summary);
    sty_free(message->package_dir);
    sty_free(message->path);
    sty_free(message->args);
    sty_free(message->globals);
    sty_free(message->html);
    sty_free(message->navigation_changes);
    sty_free(message->method);
    sty_free(message->asked_path);
    sty_free(message->query);
    sty_free(message->content_type);
    sty_free(message->body);
    sty_strlist_finish(&message->routed);
    sty_error_finish(&message->error);
    *message = (struct sty_message){0};
}

bool sty_protocol_next_line(struct sty_buf *input, size_t *begin, const char **line, size_t *size) {
    const char *from = sty_buf_text(input) + *begin;
    const char *newline = memchr(from, '\n', input->size - *begin);

    if (newline != NULL) {
        *line = from;
        *size = (size_t)(newline - from);
        *begin += *size + 1;
        return true;
    }
    if (*begin > 0) {
        input->size -= *begin;
        memmove(input->data, input->data + *begin, input->size + 1);
        *begin = 0;
    }
    return false;
}

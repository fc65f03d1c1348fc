#include "python/streams.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <structmember.h>
#include <unistd.h>

#include "base/buf.h"

/* One lock for both streams of all interpreters, as a terminal shows them on one screen. */
static pthread_mutex_t output_lock = PTHREAD_MUTEX_INITIALIZER;

/* A line that is longer than this many bytes is written before it ends. */
#define LONGEST_LINE (1024 * 1024)

/** The raw stream below a TextIOWrapper: keeps what follows the last newline until the next one comes. */
struct line_writer {
    PyObject_HEAD
    int fd;
    struct sty_buf pending;
};

/* Write all bytes, not attached. Failures are ignored: user code must not fail because stdout is closed. */
static void write_locked(int fd, const char *bytes, size_t size) {
    pthread_mutex_lock(&output_lock);
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            break;
        }
        bytes += written;
        size -= (size_t)written;
    }
    pthread_mutex_unlock(&output_lock);
}

/* Write the first `size` bytes of what is pending. Works on a copy, as other threads of the interpreter may append
 * meanwhile. */
static int write_pending(struct line_writer *self, size_t size) {
    struct sty_buf out = {0};

    if (size == 0) {
        return 0;
    }
    sty_buf_append(&out, self->pending.data, size);
    if (out.failed) {
        PyErr_NoMemory();
        return -1;
    }
    memmove(self->pending.data, self->pending.data + size, self->pending.size - size + 1);
    self->pending.size -= size;
    Py_BEGIN_ALLOW_THREADS write_locked(self->fd, out.data, out.size);
    Py_END_ALLOW_THREADS sty_buf_finish(&out);
    return 0;
}

static PyObject *line_writer_write(PyObject *object, PyObject *argument) {
    struct line_writer *self = (struct line_writer *)object;
    Py_buffer view;
    Py_ssize_t size = 0;
    const char *newline = NULL;

    if (PyObject_GetBuffer(argument, &view, PyBUF_SIMPLE) != 0) {
        return NULL;
    }
    size = view.len;
    sty_buf_append(&self->pending, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    if (self->pending.failed) {
        sty_buf_clear(&self->pending);
        return PyErr_NoMemory();
    }
    newline = sty_last_byte(self->pending.data, '\n', self->pending.size);
    if (newline != NULL && write_pending(self, (size_t)(newline + 1 - self->pending.data)) != 0) {
        return NULL;
    }
    if (self->pending.size > LONGEST_LINE && write_pending(self, self->pending.size) != 0) {
        return NULL;
    }
    return PyLong_FromSsize_t(size);
}

static PyObject *line_writer_finish_line(PyObject *object, PyObject *ignored) {
    struct line_writer *self = (struct line_writer *)object;

    return write_pending(self, self->pending.size) == 0 ? Py_NewRef(Py_None) : NULL;
}

/* flush() does not write an incomplete line: print(..., flush=True, end="") of two interpreters would interleave. */
static PyObject *line_writer_flush(PyObject *object, PyObject *ignored) {
    return Py_NewRef(Py_None);
}

static PyObject *line_writer_true(PyObject *object, PyObject *ignored) {
    return Py_NewRef(Py_True);
}

static PyObject *line_writer_false(PyObject *object, PyObject *ignored) {
    return Py_NewRef(Py_False);
}

static PyObject *line_writer_fileno(PyObject *object, PyObject *ignored) {
    return PyLong_FromLong(((struct line_writer *)object)->fd);
}

static PyObject *line_writer_isatty(PyObject *object, PyObject *ignored) {
    return PyBool_FromLong(isatty(((struct line_writer *)object)->fd));
}

static PyObject *line_writer_closed(PyObject *object, void *ignored) {
    return Py_NewRef(Py_False);
}

static PyMethodDef line_writer_methods[] = {
    {"write", line_writer_write, METH_O, PyDoc_STR("Keep bytes, and write all whole lines.")},
    {"flush", line_writer_flush, METH_NOARGS, PyDoc_STR("Do nothing: whole lines have been written.")},
    {"finish_line", line_writer_finish_line, METH_NOARGS, PyDoc_STR("Write a last line that has no newline.")},
    {"close", line_writer_finish_line, METH_NOARGS, PyDoc_STR("Write what is left; the descriptor stays open.")},
    {"writable", line_writer_true, METH_NOARGS, NULL},
    {"readable", line_writer_false, METH_NOARGS, NULL},
    {"seekable", line_writer_false, METH_NOARGS, NULL},
    {"fileno", line_writer_fileno, METH_NOARGS, NULL},
    {"isatty", line_writer_isatty, METH_NOARGS, NULL},
    {0},
};

static PyGetSetDef line_writer_getset[] = {
    {"closed", line_writer_closed, NULL, NULL, NULL},
    {0},
};

static void line_writer_dealloc(PyObject *object) {
    struct line_writer *self = (struct line_writer *)object;
    PyTypeObject *type = Py_TYPE(object);

    write_locked(self->fd, sty_buf_text(&self->pending), self->pending.size);
    sty_buf_finish(&self->pending);
    PyObject_Free(object);
    Py_DECREF(type);
}

static PyType_Slot line_writer_slots[] = {
    {Py_tp_methods, line_writer_methods},
    {Py_tp_getset, line_writer_getset},
    {Py_tp_dealloc, line_writer_dealloc},
    {0},
};

static PyType_Spec line_writer_spec = {
    .name = "storytime.LineWriter",
    .basicsize = sizeof(struct line_writer),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = line_writer_slots,
};

/* Put a TextIOWrapper around a line writer of `fd` into sys. */
static int set_stream(PyObject *type, PyObject *wrapper, const char *name, int fd) {
    struct line_writer *raw = PyObject_New(struct line_writer, (PyTypeObject *)type); /* new */
    PyObject *stream = NULL;                                                          /* new */
    int status = -1;

    if (raw == NULL) {
        return -1;
    }
    raw->fd = fd;
    raw->pending = (struct sty_buf){0};
    /* encoding, errors, newline, line_buffering, write_through */
    stream = PyObject_CallFunction(wrapper, "Osszii", raw, "utf-8", "backslashreplace", NULL, 0, 1);
    if (stream != NULL) {
        status = PySys_SetObject(name, stream);
    }
    Py_XDECREF(stream);
    Py_DECREF(raw);
    return status;
}

int sty_streams_set_up(void) {
    PyObject *type = PyType_FromSpec(&line_writer_spec);                                 /* new */
    PyObject *io = PyImport_ImportModule("io");                                          /* new */
    PyObject *wrapper = io != NULL ? PyObject_GetAttrString(io, "TextIOWrapper") : NULL; /* new */
    int status = -1;

    if (type != NULL && wrapper != NULL && set_stream(type, wrapper, "stdout", STDOUT_FILENO) == 0) {
        status = set_stream(type, wrapper, "stderr", STDERR_FILENO);
    }
    Py_XDECREF(wrapper);
    Py_XDECREF(io);
    Py_XDECREF(type);
    return status;
}

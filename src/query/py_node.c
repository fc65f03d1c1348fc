#include "query/py_node.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "query/names.h"
#include "query/selector.h"
#include "query/tree.h"

#define CAPSULE "storytime.tree"

struct node {
    PyObject_HEAD
    PyObject *owner; /* a capsule with the tree, which all of its nodes share */
    size_t number;
};

static const struct sty_tree *tree_of(PyObject *self) {
    return PyCapsule_GetPointer(((struct node *)self)->owner, CAPSULE);
}

static size_t number_of(PyObject *self) {
    return ((struct node *)self)->number;
}

static PyObject *new_node(PyTypeObject *type, PyObject *owner, size_t number) {
    struct node *node = (struct node *)type->tp_alloc(type, 0);

    if (node != NULL) {
        node->owner = Py_NewRef(owner);
        node->number = number;
    }
    return (PyObject *)node;
}

static void node_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);

    Py_XDECREF(((struct node *)self)->owner);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *node_compare(PyObject *self, PyObject *other, int operation) {
    bool same = false;

    if (!Py_IS_TYPE(other, Py_TYPE(self)) || (operation != Py_EQ && operation != Py_NE)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    same = ((struct node *)self)->owner == ((struct node *)other)->owner && number_of(self) == number_of(other);
    return PyBool_FromLong(same == (operation == Py_EQ));
}

static Py_hash_t node_hash(PyObject *self) {
    return Py_HashPointer(((struct node *)self)->owner) ^ (Py_hash_t)number_of(self);
}

/* -- texts --------------------------------------------------------------------------------------------------------- */

static PyObject *text_object(const char *data, size_t size) {
    return PyUnicode_DecodeUTF8(data != NULL ? data : "", (Py_ssize_t)size, "replace");
}

/* The contents of a buffer as a str, new; the buffer is released. */
static PyObject *take_text(struct sty_buf *text) {
    PyObject *object = text->failed ? PyErr_NoMemory() : text_object(text->data, text->size);

    sty_buf_finish(text);
    return object;
}

static PyObject *get_tag(PyObject *self, void *closure) {
    size_t size = 0;
    const lxb_char_t *name = lxb_dom_element_qualified_name(tree_of(self)->nodes[number_of(self)].element, &size);

    return text_object((const char *)name, size);
}

static PyObject *get_text(PyObject *self, void *closure) {
    struct sty_buf text = {0};

    sty_tree_text(tree_of(self), number_of(self), &text);
    return take_text(&text);
}

static PyObject *get_html(PyObject *self, void *closure) {
    struct sty_buf text = {0};

    sty_tree_html(tree_of(self), number_of(self), &text);
    return take_text(&text);
}

static PyObject *get_name(PyObject *self, void *closure) {
    struct sty_buf text = {0};

    sty_name_of(tree_of(self), number_of(self), &text);
    return take_text(&text);
}

static PyObject *get_attributes(PyObject *self, void *closure) {
    lxb_dom_attr_t *attribute = lxb_dom_element_first_attribute(tree_of(self)->nodes[number_of(self)].element);
    PyObject *found = PyDict_New(); /* new */

    for (; found != NULL && attribute != NULL; attribute = lxb_dom_element_next_attribute(attribute)) {
        size_t name_size = 0, size = 0;
        const char *name = (const char *)lxb_dom_attr_qualified_name(attribute, &name_size);
        const char *data = (const char *)lxb_dom_attr_value(attribute, &size);
        PyObject *key = text_object(name, name_size);                   /* new */
        PyObject *value = key != NULL ? text_object(data, size) : NULL; /* new */
        if (value == NULL || PyDict_SetItem(found, key, value) != 0) {
            Py_CLEAR(found);
        }
        Py_XDECREF(value);
        Py_XDECREF(key);
    }
    return found;
}

/* -- roles --------------------------------------------------------------------------------------------------------- */

static PyObject *get_role(PyObject *self, void *closure) {
    const char *name = sty_role_name(tree_of(self)->nodes[number_of(self)].role);

    return name != NULL ? PyUnicode_FromString(name) : Py_NewRef(Py_None);
}

static PyObject *get_level(PyObject *self, void *closure) {
    int level = sty_role_level(tree_of(self), number_of(self));

    return level > 0 ? PyLong_FromLong(level) : Py_NewRef(Py_None);
}

static PyObject *get_hidden(PyObject *self, void *closure) {
    return PyBool_FromLong(tree_of(self)->nodes[number_of(self)].flags & STY_NODE_LEFT_OUT);
}

/* Append the contents of a buffer to a list, and empty it. 0, or -1 with an exception set. */
static int append_text(PyObject *list, struct sty_buf *text) {
    PyObject *object = text->failed ? PyErr_NoMemory() : text_object(text->data, text->size); /* new */
    int status = object != NULL ? PyList_Append(list, object) : -1;

    Py_XDECREF(object);
    sty_buf_clear(text);
    return status;
}

static PyObject *get_labels(PyObject *self, void *closure) {
    const struct sty_tree *tree = tree_of(self);
    struct sty_text said = sty_tree_attribute(tree, number_of(self), "aria-label");
    size_t count = 0;
    const struct sty_label *labels = sty_labels_of(tree, number_of(self), &count);
    struct sty_buf text = {0};
    PyObject *list = PyList_New(0); /* new */
    int status = list != NULL ? 0 : -1;

    for (size_t i = 0; status == 0 && i < count; i++) {
        sty_label_text(tree, &labels[i], &text);
        status = append_text(list, &text);
    }
    if (status == 0 && sty_labelled_by(tree, number_of(self), &text)) {
        status = append_text(list, &text);
    }
    if (status == 0 && !sty_is_blank(said.data, said.size)) {
        sty_buf_append(&text, said.data, said.size);
        sty_squeeze(&text, 0);
        status = append_text(list, &text);
    }
    sty_buf_finish(&text);
    if (status != 0) {
        Py_CLEAR(list);
    }
    return list;
}

/* -- other nodes --------------------------------------------------------------------------------------------------- */

static int append_node(PyObject *list, PyObject *self, size_t number) {
    PyObject *node = new_node(Py_TYPE(self), ((struct node *)self)->owner, number); /* new */
    int status = node != NULL ? PyList_Append(list, node) : -1;

    Py_XDECREF(node);
    return status;
}

static PyObject *get_parent(PyObject *self, void *closure) {
    size_t number = number_of(self);

    if (number == 0) {
        Py_RETURN_NONE;
    }
    return new_node(Py_TYPE(self), ((struct node *)self)->owner, tree_of(self)->nodes[number].parent);
}

static PyObject *get_children(PyObject *self, void *closure) {
    const struct sty_node *nodes = tree_of(self)->nodes;
    PyObject *list = PyList_New(0); /* new */

    for (size_t i = number_of(self) + 1; list != NULL && i < nodes[number_of(self)].end; i = nodes[i].end) {
        if (append_node(list, self, i) != 0) {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyObject *node_find(PyObject *self, PyObject *arguments) {
    const struct sty_tree *tree = tree_of(self);
    const char *name = NULL; /* borrowed; NULL: any role */
    Py_ssize_t size = 0;
    int with_hidden = 0;
    enum sty_role role = STY_ROLE_NONE;
    PyObject *list = NULL; /* new */

    if (!PyArg_ParseTuple(arguments, "z#|p", &name, &size, &with_hidden)) {
        return NULL;
    }
    role = name != NULL ? sty_role_find(name, (size_t)size) : STY_ROLE_NONE;
    if (role == STY_ROLE_NONE && name != NULL) {
        return PyErr_Format(PyExc_ValueError, "unknown role %R", PyTuple_GET_ITEM(arguments, 0));
    }
    list = PyList_New(0);
    for (size_t i = number_of(self) + 1; list != NULL && i < tree->nodes[number_of(self)].end; i++) {
        const struct sty_node *node = &tree->nodes[i];
        bool wanted = role != STY_ROLE_NONE ? node->role == role : node->role != STY_ROLE_NONE;
        bool told = with_hidden != 0 || (node->flags & STY_NODE_LEFT_OUT) == 0;
        if (wanted && told && append_node(list, self, i) != 0) {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyObject *node_labelled(PyObject *self, PyObject *unused) {
    const struct sty_tree *tree = tree_of(self);
    PyObject *list = PyList_New(0); /* new */

    for (size_t i = number_of(self) + 1; list != NULL && i < tree->nodes[number_of(self)].end; i++) {
        size_t count = 0;
        bool labelled = sty_labels_of(tree, i, &count) != NULL ||
                        sty_tree_attribute(tree, i, "aria-label").data != NULL ||
                        sty_tree_attribute(tree, i, "aria-labelledby").data != NULL;
        if (labelled && append_node(list, self, i) != 0) {
            Py_CLEAR(list);
        }
    }
    return list;
}

/* Numbers of nodes that match. */
struct matches {
    size_t *numbers;
    size_t count, capacity;
};

static bool add_match(size_t number, void *data) {
    struct matches *matches = data;
    size_t *grown = sty_grow(matches->numbers, &matches->capacity, matches->count + 1, sizeof(*grown));

    if (grown != NULL) {
        matches->numbers = grown;
        matches->numbers[matches->count++] = number;
    }
    return grown != NULL;
}

static int compare_numbers(const void *a, const void *b) {
    const size_t *first = a, *second = b;

    return (*first > *second) - (*first < *second);
}

static PyObject *node_select(PyObject *self, PyObject *selector) {
    struct matches matches = {0};
    struct sty_error err = {0};
    Py_ssize_t size = 0;
    const char *text = PyUnicode_AsUTF8AndSize(selector, &size);
    PyObject *list = NULL;
    int status = STY_OK;

    if (text == NULL) {
        return NULL;
    }
    status = sty_select(tree_of(self), number_of(self), text, (size_t)size, add_match, &matches, &err);
    if (status == STY_OK) {
        list = PyList_New(0);
    } else {
        PyErr_SetString(status == STY_ERR_USAGE ? PyExc_ValueError : PyExc_MemoryError, sty_error_message(&err));
    }
    if (matches.count > 1) {
        qsort(matches.numbers, matches.count, sizeof(*matches.numbers), compare_numbers);
    }
    for (size_t i = 0; list != NULL && i < matches.count; i++) {
        if (append_node(list, self, matches.numbers[i]) != 0) {
            Py_CLEAR(list);
        }
    }
    sty_free(matches.numbers);
    sty_error_finish(&err);
    return list;
}

/* -- the class ---------------------------------------------------------------------------------------------------- */

static void destroy_tree(PyObject *capsule) {
    sty_tree_destroy(PyCapsule_GetPointer(capsule, CAPSULE));
}

static PyObject *parse(PyObject *type, PyObject *html) {
    PyObject *text = NULL, *owner = NULL, *root = NULL; /* new */
    struct sty_tree *tree = NULL;

    if (!PyUnicode_Check(html)) {
        return PyErr_Format(PyExc_TypeError, "HTML is a str, not %T", html);
    }
    text = PyUnicode_AsEncodedString(html, "utf-8", "replace");
    if (text == NULL) {
        return NULL;
    }
    tree = sty_tree_parse(PyBytes_AS_STRING(text), (size_t)PyBytes_GET_SIZE(text));
    Py_DECREF(text);
    owner = tree != NULL ? PyCapsule_New(tree, CAPSULE, destroy_tree) : PyErr_NoMemory();
    if (owner == NULL) {
        sty_tree_destroy(tree);
        return NULL;
    }
    root = new_node((PyTypeObject *)type, owner, 0);
    Py_DECREF(owner);
    return root;
}

static PyMethodDef methods[] = {
    {"parse", parse, METH_O | METH_CLASS,
     PyDoc_STR("parse($type, html, /)\n--\n\nReturn the <html> of a document, or of a part of one.")},
    {"select", node_select, METH_O,
     PyDoc_STR("select($self, selector, /)\n--\n\nReturn the nodes below that match a CSS selector.")},
    {"find", node_find, METH_VARARGS,
     PyDoc_STR("find($self, role, with_hidden=False, /)\n--\n\nReturn the nodes below that have a role, or any role "
               "for None.")},
    {"labelled", node_labelled, METH_NOARGS,
     PyDoc_STR("labelled($self)\n--\n\nReturn the nodes below that have labels.")},
    {0},
};

static PyGetSetDef members[] = {
    {"tag", get_tag, NULL, PyDoc_STR("The name of the tag, in lower case."), NULL},
    {"text", get_text, NULL, PyDoc_STR("What a reader sees, on one line."), NULL},
    {"html", get_html, NULL, PyDoc_STR("The HTML, with the node's own tags."), NULL},
    {"attributes", get_attributes, NULL, PyDoc_STR("All attributes, new."), NULL},
    {"role", get_role, NULL, PyDoc_STR("The role, or None."), NULL},
    {"name", get_name, NULL, PyDoc_STR("The accessible name."), NULL},
    {"level", get_level, NULL, PyDoc_STR("A heading's level, or None."), NULL},
    {"hidden", get_hidden, NULL, PyDoc_STR("Whether assistive technology is told nothing of it."), NULL},
    {"labels", get_labels, NULL, PyDoc_STR("The texts of its labels."), NULL},
    {"parent", get_parent, NULL, PyDoc_STR("The node around it, or None."), NULL},
    {"children", get_children, NULL, PyDoc_STR("The nodes that stand in it."), NULL},
    {0},
};

int sty_query_add_class(PyObject *module) {
    PyType_Slot slots[] = {
        {Py_tp_doc, "An element of a story's HTML."},
        {Py_tp_dealloc, node_dealloc},
        {Py_tp_richcompare, node_compare},
        {Py_tp_hash, node_hash},
        {Py_tp_methods, methods},
        {Py_tp_getset, members},
        {0},
    };
    PyType_Spec spec = {
        .name = "storytime._native._Node",
        .basicsize = sizeof(struct node),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
        .slots = slots,
    };
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL); /* new */
    int status = type != NULL ? PyModule_AddType(module, (PyTypeObject *)type) : -1;

    Py_XDECREF(type);
    return status;
}

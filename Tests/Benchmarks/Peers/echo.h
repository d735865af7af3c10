/* What Tests/Probes/Echo does, in C and by hand: reads {"name": text of 1 to 100 characters,
 * "quantity": whole number from 1 to 1000}, checks both, and writes {"greeting", "quantity"}. It is
 * as strict as it takes to do the same work, not as the runtime is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *blank(const char *at) { return at + strspn(at, " \t\r\n"); }

/* Reads a string into a buffer, its escapes resolved; gives what is behind it, NULL if it is none. */
static const char *text(const char *at, char *out, size_t size) {
    if (*at++ != '"') return NULL;
    for (char *end = out + size - 4; *at != '"'; at++) {
        if ((unsigned char)*at < 0x20 || out >= end) return NULL;
        if (*at != '\\') { *out++ = *at; continue; }
        static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
        const char *name = strchr(names, *++at);
        if (name && *name) { *out++ = values[name - names]; continue; }
        unsigned code;
        if (*at != 'u' || sscanf(at + 1, "%4x", &code) != 1) return NULL;
        at += 4;
        if (code < 0x80) *out++ = code;
        else {
            if (code < 0x800) *out++ = 0xC0 | code >> 6;
            else { *out++ = 0xE0 | code >> 12; *out++ = 0x80 | (code >> 6 & 63); }
            *out++ = 0x80 | (code & 63);
        }
    }
    *out = 0;
    return at + 1;
}

/* Passes over a value that nobody asked for; false, true, null, a number or a string. */
static const char *pass(const char *at) {
    static char unused[65536];
    return *at == '"' ? text(at, unused, sizeof unused) : at + strcspn(at, ",} \t\r\n");
}

static const char *members(const char *at, char *name, size_t size, long *quantity) {
    char key[64];
    if (*at != '{') return NULL;
    do {
        if (!(at = text(blank(at + 1), key, sizeof key)) || *(at = blank(at)) != ':') return NULL;
        at = blank(at + 1);
        if (!strcmp(key, "name")) at = text(at, name, size);
        else if (!strcmp(key, "quantity")) *quantity = strtol(at, (char **)&at, 10);
        else at = pass(at);
        if (!at) return NULL;
        at = blank(at);
    } while (*at == ',');
    return *at == '}' && !*blank(at + 1) ? at : NULL;
}

static int characters(const char *at) {
    int count = 0;
    for (; *at; at++) count += (*at & 0xC0) != 0x80;
    return count;
}

/* Writes the answer to a body that ends with a zero; gives its status. */
static int echo(const char *body, char *out) {
    char name[1024] = "";
    long quantity = 1;
    int isRead = members(blank(body), name, sizeof name, &quantity) != NULL, length = characters(name);
    if (!isRead || length < 1 || length > 100 || quantity < 1 || quantity > 1000)
        return strcpy(out, "{\"error\":\"Validation failed\"}"), 400;
    out += sprintf(out, "{\"greeting\":\"Hello, ");
    for (const char *at = name; *at; at++)
        if (*at == '"' || *at == '\\') out += sprintf(out, "\\%c", *at);
        else if ((unsigned char)*at < 0x20) out += sprintf(out, "\\u%04x", *at);
        else *out++ = *at;
    sprintf(out, "!\",\"quantity\":%ld}", quantity);
    return 200;
}

/* Preloaded into a process that writes: every change below TORTURE_FOLDER goes into TORTURE_LOG, in order.
 *
 * A record: op (1 byte), length of path (4), length of data (4), offset (8), path, data; numbers little-endian.
 * W write, T truncate, S sync of a file, D sync of a folder, C create, U unlink, M mkdir, X rmdir, R rename (data: the
 * new path).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST 4096
static char *paths[MOST];
static int folders[MOST];
static int log_fd = -1;
static const char *below;
static size_t below_length;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
    const char *log = getenv("TORTURE_LOG");
    below = getenv("TORTURE_FOLDER");
    if (log && below) {
        below_length = strlen(below);
        log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    }
}

static int ours(const char *path) {
    return log_fd >= 0 && path && strncmp(path, below, below_length) == 0 && path[below_length] == '/';
}

static void put(const void *data, size_t size) {
    const char *at = data;
    while (size) {
        long done = syscall(SYS_write, log_fd, at, size);
        if (done <= 0) abort();
        at += done;
        size -= (size_t)done;
    }
}

static void note(char op, const char *path, int64_t offset, const void *data, size_t size) {
    int kept = errno;
    uint32_t lengths[2] = {(uint32_t)strlen(path), (uint32_t)size};
    pthread_mutex_lock(&gate);
    put(&op, 1);
    put(lengths, 8);
    put(&offset, 8);
    put(path, lengths[0]);
    if (size) put(data, size);
    pthread_mutex_unlock(&gate);
    errno = kept;
}

#define REAL(name) ({ static __typeof__(&name) real; if (!real) real = dlsym(RTLD_NEXT, #name); real; })
#define KNOWN(fd) ((fd) >= 0 && (fd) < MOST && paths[fd])

static int opened(int fd, const char *path, int flags, int was_there) {
    if (fd >= 0 && fd < MOST && ours(path)) {
        struct stat status;
        free(paths[fd]);
        paths[fd] = strdup(path);
        folders[fd] = fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
        if (!folders[fd] && !was_there && (flags & O_CREAT)) note('C', path, 0, NULL, 0);
        if (!folders[fd] && was_there && (flags & O_TRUNC)) note('T', path, 0, NULL, 0);
    }
    return fd;
}

#define OPEN(name)                                                                  \
    int name(const char *path, int flags, ...) {                                    \
        mode_t mode = 0;                                                            \
        if (flags & (O_CREAT | O_TMPFILE)) {                                        \
            va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); \
        }                                                                           \
        int was_there = ours(path) && access(path, F_OK) == 0;                      \
        return opened(REAL(name)(path, flags, mode), path, flags, was_there);       \
    }
#define OPENAT(name)                                                                \
    int name(int at, const char *path, int flags, ...) {                            \
        mode_t mode = 0;                                                            \
        if (flags & (O_CREAT | O_TMPFILE)) {                                        \
            va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); \
        }                                                                           \
        int was_there = ours(path) && access(path, F_OK) == 0;                      \
        return opened(REAL(name)(at, path, flags, mode), path, flags, was_there);   \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
    if (KNOWN(fd)) { free(paths[fd]); paths[fd] = NULL; }
    return REAL(close)(fd);
}

ssize_t write(int fd, const void *data, size_t size) {
    if (!KNOWN(fd)) return REAL(write)(fd, data, size);
    int appends = fcntl(fd, F_GETFL) & O_APPEND;
    off_t at = lseek(fd, 0, appends ? SEEK_END : SEEK_CUR);
    ssize_t done = REAL(write)(fd, data, size);
    if (done > 0) note('W', paths[fd], at, data, (size_t)done);
    return done;
}

#define PWRITE(name, kind)                                                          \
    ssize_t name(int fd, const void *data, size_t size, kind at) {                  \
        ssize_t done = REAL(name)(fd, data, size, at);                              \
        if (done > 0 && KNOWN(fd)) note('W', paths[fd], at, data, (size_t)done);    \
        return done;                                                                \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, kind)                                                        \
    int name(int fd, kind size) {                                                   \
        int done = REAL(name)(fd, size);                                            \
        if (done == 0 && KNOWN(fd)) note('T', paths[fd], size, NULL, 0);            \
        return done;                                                                \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name)                                                                  \
    int name(int fd) {                                                              \
        int done = REAL(name)(fd);                                                  \
        if (done == 0 && KNOWN(fd)) note(folders[fd] ? 'D' : 'S', paths[fd], 0, NULL, 0); \
        return done;                                                                \
    }
SYNC(fsync)
SYNC(fdatasync)

#define NAMED(name, op)                                                             \
    int name(const char *path) {                                                    \
        int done = REAL(name)(path);                                                \
        if (done == 0 && ours(path)) note(op, path, 0, NULL, 0);                    \
        return done;                                                                \
    }
NAMED(unlink, 'U')
NAMED(rmdir, 'X')

int unlinkat(int at, const char *path, int flags) {
    char whole[PATH_MAX];
    const char *name = path;
    if (path[0] != '/' && KNOWN(at)) {
        size_t first = strlen(paths[at]), second = strlen(path);
        if (first + second + 2 < sizeof whole) {
            memcpy(whole, paths[at], first);
            whole[first] = '/';
            memcpy(whole + first + 1, path, second + 1);
            name = whole;
        }
    }
    int done = REAL(unlinkat)(at, path, flags);
    if (done == 0 && ours(name)) note(flags & AT_REMOVEDIR ? 'X' : 'U', name, 0, NULL, 0);
    return done;
}

int mkdir(const char *path, mode_t mode) {
    int done = REAL(mkdir)(path, mode);
    if (done == 0 && ours(path)) note('M', path, 0, NULL, 0);
    return done;
}

int rename(const char *from, const char *to) {
    int done = REAL(rename)(from, to);
    if (done == 0 && (ours(from) || ours(to))) note('R', from, 0, to, strlen(to));
    return done;
}

/* Nothing that writes may pass by unseen. */
ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (KNOWN(fd)) abort();
    return REAL(writev)(fd, parts, count);
}

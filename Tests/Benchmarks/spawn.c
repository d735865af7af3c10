/* Spawns programs in turn, many times over, and tells how long each took from spawn to exit.
 *
 *     spawn ROUNDS INPUT PROGRAM...
 *
 * Each gets INPUT on standard input, and what it writes goes to /dev/null; a PROGRAM is a path, or a
 * path and arguments, between spaces. The programs alternate, so that whatever else the machine does
 * falls on all of them alike. One line a program: the median
 * and the 10th and 90th percentile in microseconds. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double run(char **arguments, posix_spawn_file_actions_t *files) {
    char *program = arguments[0];
    pid_t process;
    int status;
    double start = now();
    if (posix_spawn(&process, program, files, NULL, arguments, environ) != 0) {
        fprintf(stderr, "%s does not start.\n", program);
        exit(1);
    }
    waitpid(process, &status, 0);
    double end = now();
    if (status != 0) {
        fprintf(stderr, "%s ended with status %d.\n", program, status);
        exit(1);
    }
    return end - start;
}

int main(int count, char **arguments) {
    if (count < 4) return 64;
    int rounds = atoi(arguments[1]), programs = count - 3;
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, arguments[2], O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    double *times = calloc((size_t)rounds * programs, sizeof *times);
    char *(*commands)[16] = calloc(programs, sizeof *commands);
    if (times == NULL || commands == NULL || rounds < 1) return 64;

    for (int program = 0; program < programs; program++) {
        char *word = strtok(arguments[3 + program], " ");
        for (int index = 0; word != NULL && index < 15; word = strtok(NULL, " "))
            commands[program][index++] = word;
        run(commands[program], &files);
    }
    for (int round = 0; round < rounds; round++)
        for (int program = 0; program < programs; program++)
            times[program * rounds + round] = run(commands[program], &files);

    for (int program = 0; program < programs; program++) {
        double *own = times + program * rounds;
        qsort(own, rounds, sizeof *own, ascending);
        printf("%.0f %.0f %.0f\n", own[rounds / 2], own[rounds / 10], own[rounds * 9 / 10]);
    }
    return 0;
}

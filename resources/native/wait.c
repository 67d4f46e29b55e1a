/* Waiting for a moment: the kernel sleeps most of the way, this thread spins the rest, no lock is held. */

#ifdef __linux__

#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <time.h>

#define SECOND_NS 1000000000LL

static int64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
    __asm__ volatile("yield");
#endif
}

/* The kernel may round this thread's sleeps by one nanosecond only, instead of 50 us. */
int inferometer_prepare_thread(void)
{
    return prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

/* Returns at `deadline_ns` of CLOCK_MONOTONIC, at once where it has passed; the last `spin_ns` are spun. */
void inferometer_wait_until(int64_t deadline_ns, int64_t spin_ns)
{
    int64_t wake_ns = deadline_ns - spin_ns;
    if (wake_ns > monotonic_ns()) {
        struct timespec wake = {.tv_sec = wake_ns / SECOND_NS, .tv_nsec = wake_ns % SECOND_NS};
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, NULL) == EINTR) {
        }
    }
    while (monotonic_ns() < deadline_ns)
        relax();
}

#endif

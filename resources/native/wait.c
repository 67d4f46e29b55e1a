/* Waiting for a moment: the kernel sleeps most of the way, this thread spins the rest, no lock is held.
 *
 * A thread spins only on a core that no call needs: it gives up as soon as the calls in progress and the
 * threads that spin are more than the cores, because a spin that takes a core slows what is measured.
 */

#ifdef __linux__

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <time.h>

#define SECOND_NS 1000000000LL

static atomic_int calling;  /* prepared threads that are not in a wait */
static atomic_int spinning; /* threads in the last part of a wait */
static __thread int prepared;
static pthread_key_t at_exit;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void sleep_until(int64_t moment_ns)
{
    struct timespec moment = {.tv_sec = moment_ns / SECOND_NS, .tv_nsec = moment_ns % SECOND_NS};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL) == EINTR) {
    }
}

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void forget_thread(void *count)
{
    atomic_fetch_sub((atomic_int *)count, 1);
}

static void make_key(void)
{
    pthread_key_create(&at_exit, forget_thread);
}

/* Counts this thread as a caller until it ends, and lets the kernel round its sleeps by 1 ns, not 50 us. */
int inferometer_prepare_thread(void)
{
    if (!prepared) {
        pthread_once(&once, make_key);
        pthread_setspecific(at_exit, &calling);
        prepared = 1;
        atomic_fetch_add(&calling, 1);
    }
    return prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

/* Returns at `deadline_ns` of CLOCK_MONOTONIC, at once where it has passed. The last `spin_ns` are spun where
 * one of `cores` is free for it. */
void inferometer_wait_until(int64_t deadline_ns, int64_t spin_ns, int cores)
{
    int64_t now = monotonic_ns();
    if (now >= deadline_ns)
        return;
    atomic_fetch_sub(&calling, prepared);
    if (deadline_ns - now > spin_ns)
        sleep_until(deadline_ns - spin_ns);
    atomic_fetch_add(&spinning, 1);
    while (monotonic_ns() < deadline_ns && atomic_load(&calling) + atomic_load(&spinning) <= cores)
        relax();
    atomic_fetch_sub(&spinning, 1);
    if (monotonic_ns() < deadline_ns)
        sleep_until(deadline_ns);
    atomic_fetch_add(&calling, prepared);
}

#endif

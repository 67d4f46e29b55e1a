/* A timed loop over ONNX Runtime's C API: what a call costs where no Python stands in between.
 *
 * The wheel brings no header, so the start of the function table is declared here, in the order of struct
 * OrtApi in onnxruntime_c_api.h. The project promises that the table only ever grows at its end and that its
 * first version, which is all that is used, never changes; a test compares answers with the Python session's.
 */

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND_NS 1000000000LL
#define TABLE_VERSION 1
#define LOG_ERRORS 3          /* OrtLoggingLevel: ORT_LOGGING_LEVEL_ERROR */
#define DEVICE_ALLOCATOR 0    /* OrtAllocatorType: OrtDeviceAllocator */
#define DEFAULT_MEMORY 0      /* OrtMemType: OrtMemTypeDefault */

typedef void *status; /* OrtStatus *, NULL where all went well */
typedef void (*unused)(void);
typedef void release(void *object);

struct table {
    unused CreateStatus, GetErrorCode;
    const char *(*GetErrorMessage)(status);
    status (*CreateEnv)(int log_level, const char *log_id, void **env);
    unused CreateEnvWithCustomLogger, EnableTelemetryEvents;
    status (*DisableTelemetryEvents)(const void *env);
    status (*CreateSession)(const void *env, const char *path, const void *options, void **session);
    unused CreateSessionFromArray;
    status (*Run)(void *session, const void *run_options, const char *const *input_names,
                  const void *const *inputs, size_t input_count, const char *const *output_names,
                  size_t output_count, void **outputs);
    status (*CreateSessionOptions)(void **options);
    unused SetOptimizedModelFilePath, CloneSessionOptions, SetSessionExecutionMode, EnableProfiling,
        DisableProfiling, EnableMemPattern, DisableMemPattern, EnableCpuMemArena, DisableCpuMemArena,
        SetSessionLogId, SetSessionLogVerbosityLevel;
    status (*SetSessionLogSeverityLevel)(void *options, int level);
    unused SetSessionGraphOptimizationLevel;
    status (*SetIntraOpNumThreads)(void *options, int count);
    status (*SetInterOpNumThreads)(void *options, int count);
    unused CreateCustomOpDomain, CustomOpDomain_Add, AddCustomOpDomain, RegisterCustomOpsLibrary,
        SessionGetInputCount, SessionGetOutputCount, SessionGetOverridableInitializerCount,
        SessionGetInputTypeInfo, SessionGetOutputTypeInfo, SessionGetOverridableInitializerTypeInfo,
        SessionGetInputName, SessionGetOutputName, SessionGetOverridableInitializerName, CreateRunOptions,
        RunOptionsSetRunLogVerbosityLevel, RunOptionsSetRunLogSeverityLevel, RunOptionsSetRunTag,
        RunOptionsGetRunLogVerbosityLevel, RunOptionsGetRunLogSeverityLevel, RunOptionsGetRunTag,
        RunOptionsSetTerminate, RunOptionsUnsetTerminate, CreateTensorAsOrtValue;
    status (*CreateTensorWithDataAsOrtValue)(const void *memory_info, void *data, size_t bytes,
                                             const int64_t *shape, size_t rank, int type, void **value);
    unused IsTensor, GetTensorMutableData, FillStringTensor, GetStringTensorDataLength,
        GetStringTensorContent, CastTypeInfoToTensorInfo, GetOnnxTypeFromTypeInfo,
        CreateTensorTypeAndShapeInfo, SetTensorElementType, SetDimensions, GetTensorElementType,
        GetDimensionsCount, GetDimensions, GetSymbolicDimensions, GetTensorShapeElementCount,
        GetTensorTypeAndShape, GetTypeInfo, GetValueType, CreateMemoryInfo;
    status (*CreateCpuMemoryInfo)(int allocator, int memory, void **memory_info);
    unused CompareMemoryInfo, MemoryInfoGetName, MemoryInfoGetId, MemoryInfoGetMemType, MemoryInfoGetType,
        AllocatorAlloc, AllocatorFree, AllocatorGetInfo, GetAllocatorWithDefaultOptions,
        AddFreeDimensionOverride, GetValue, GetValueCount, CreateValue, CreateOpaqueValue, GetOpaqueValue,
        KernelInfoGetAttribute_float, KernelInfoGetAttribute_int64, KernelInfoGetAttribute_string,
        KernelContext_GetInputCount, KernelContext_GetOutputCount, KernelContext_GetInput,
        KernelContext_GetOutput;
    release *ReleaseEnv;
    release *ReleaseStatus;
    release *ReleaseMemoryInfo;
    release *ReleaseSession;
    release *ReleaseValue;
    unused ReleaseRunOptions, ReleaseTypeInfo, ReleaseTensorTypeAndShapeInfo;
    release *ReleaseSessionOptions;
    unused ReleaseCustomOpDomain; /* the last of version 1 */
};

_Static_assert(offsetof(struct table, ReleaseCustomOpDomain) == 101 * sizeof(unused), "a slot is missing");

struct table_base {
    const struct table *(*GetApi)(uint32_t version);
    const char *(*GetVersionString)(void);
};

/* Memory of the caller that holds a tensor; `type` is an ONNXTensorElementDataType. */
struct tensor {
    void *data;
    size_t bytes;
    const int64_t *shape;
    size_t rank;
    int type;
};

struct loop {
    const struct table *ort;
    void *env, *options, *memory, *session;
    size_t cases, inputs, outputs, next;
    const char *const *names; /* of the inputs, then of the outputs; the caller keeps them */
    void **values;            /* for each case its inputs, then its outputs */
    char *error;              /* of the caller, `room` bytes */
    size_t room;
};

static int64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static int said(struct loop *loop, const char *text)
{
    snprintf(loop->error, loop->room, "%s", text ? text : "unknown error");
    return -1;
}

/* 0, or -1 with the runtime's words in `error`. */
static int check(struct loop *loop, status result)
{
    if (result == NULL)
        return 0;
    said(loop, loop->ort->GetErrorMessage(result));
    loop->ort->ReleaseStatus(result);
    return -1;
}

/* The library stays loaded for the life of the process: its thread-local data outlives its sessions. */
static int find_table(struct loop *loop, const char *library)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL)
        return said(loop, dlerror());
    const struct table_base *(*base)(void);
    *(void **)&base = dlsym(handle, "OrtGetApiBase");
    if (base == NULL)
        return said(loop, dlerror());
    loop->ort = base()->GetApi(TABLE_VERSION);
    return loop->ort == NULL ? said(loop, "the first version of the C API is not offered") : 0;
}

static int open_session(struct loop *loop, const char *model, int threads)
{
    const struct table *ort = loop->ort;
    if (check(loop, ort->CreateEnv(LOG_ERRORS, "inferometer", &loop->env)) ||
        check(loop, ort->DisableTelemetryEvents(loop->env)) ||
        check(loop, ort->CreateSessionOptions(&loop->options)) ||
        check(loop, ort->SetSessionLogSeverityLevel(loop->options, LOG_ERRORS)) ||
        check(loop, ort->SetIntraOpNumThreads(loop->options, threads)) ||
        check(loop, ort->SetInterOpNumThreads(loop->options, 1)))
        return -1;
    return check(loop, ort->CreateSession(loop->env, model, loop->options, &loop->session));
}

static int wrap_tensors(struct loop *loop, const struct tensor *tensors)
{
    size_t count = loop->cases * (loop->inputs + loop->outputs);
    loop->values = calloc(count ? count : 1, sizeof *loop->values);
    if (loop->values == NULL)
        return said(loop, "out of memory");
    if (check(loop, loop->ort->CreateCpuMemoryInfo(DEVICE_ALLOCATOR, DEFAULT_MEMORY, &loop->memory)))
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct tensor *from = &tensors[i];
        if (check(loop, loop->ort->CreateTensorWithDataAsOrtValue(
                            loop->memory, from->data, from->bytes, from->shape, from->rank, from->type,
                            &loop->values[i])))
            return -1;
    }
    return 0;
}

void inferometer_ort_close(struct loop *loop)
{
    const struct table *ort = loop->ort;
    size_t count = loop->cases * (loop->inputs + loop->outputs);
    for (size_t i = 0; loop->values != NULL && i < count; i++)
        if (loop->values[i] != NULL)
            ort->ReleaseValue(loop->values[i]);
    if (loop->memory != NULL)
        ort->ReleaseMemoryInfo(loop->memory);
    if (loop->session != NULL)
        ort->ReleaseSession(loop->session);
    if (loop->options != NULL)
        ort->ReleaseSessionOptions(loop->options);
    if (loop->env != NULL)
        ort->ReleaseEnv(loop->env);
    free(loop->values);
    free(loop);
}

/* A session of its own on `model`, or NULL with words in `error`. `names`, the memory of `tensors` and
 * `error` (`room` bytes) stay with the caller until the loop is closed. */
struct loop *inferometer_ort_open(const char *library, const char *model, int threads, size_t cases,
                                  size_t inputs, size_t outputs, const char *const *names,
                                  const struct tensor *tensors, char *error, size_t room)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL) {
        snprintf(error, room, "out of memory");
        return NULL;
    }
    loop->cases = cases, loop->inputs = inputs, loop->outputs = outputs, loop->names = names;
    loop->error = error, loop->room = room;
    if (find_table(loop, library) || open_session(loop, model, threads) || wrap_tensors(loop, tensors)) {
        inferometer_ort_close(loop);
        return NULL;
    }
    return loop;
}

/* Calls the model on one case after the other until `capacity` calls or `budget_ns` are used up, at least
 * once; each call's time in ns goes into `times`. The number of calls, or -1 with words in `error`. */
int64_t inferometer_ort_run(struct loop *loop, int64_t *times, int64_t capacity, int64_t budget_ns)
{
    size_t inputs = loop->inputs, outputs = loop->outputs, width = inputs + outputs;
    int64_t count = 0, begin, end = clock_ns(), until = end + budget_ns;
    do {
        void **values = loop->values + loop->next * width;
        begin = clock_ns();
        status result =
            loop->ort->Run(loop->session, NULL, loop->names, (const void *const *)values, inputs,
                           loop->names + inputs, outputs, values + inputs);
        end = clock_ns();
        if (check(loop, result))
            return -1;
        times[count++] = end - begin;
        if (++loop->next == loop->cases)
            loop->next = 0;
    } while (count < capacity && end < until);
    return count;
}

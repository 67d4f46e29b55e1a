<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AnswersBeside</name>
    <message>
        <source>Whether the answers are right</source>
        <translation>答案是否正确</translation>
    </message>
    <message>
        <source>Nobody looked at the answers of these runs. On the Run page, choose a reference or labelled data and measure again.</source>
        <translation>这些测量没有检查答案。请在“运行”页选择基准模型或带标签的数据，再测量一次。</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Not saved: this result is only in memory</source>
        <translation>未保存：该结果只在内存中</translation>
    </message>
    <message>
        <source>&amp;Retry</source>
        <translation>重试(&amp;R)</translation>
    </message>
    <message>
        <source>E&amp;xport…</source>
        <translation>导出(&amp;X)…</translation>
    </message>
</context>
<context>
    <name>BarsTab</name>
    <message>
        <source>1.00× {name}</source>
        <translation>1.00× {name}</translation>
    </message>
    <message>
        <source>Whiskers: 95 % interval. Grey: no clear difference, as it holds 1.00×.</source>
        <translation>细线为 95% 区间。灰色：没有明显差异，因为区间包含 1.00×。</translation>
    </message>
    <message>
        <source>Cut bars are longer than drawn.</source>
        <translation>截断的条比所画的更长。</translation>
    </message>
    <message>
        <source>run</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>times the baseline</source>
        <translation>相对基准的倍数</translation>
    </message>
    <message>
        <source>95 % interval</source>
        <translation>95% 区间</translation>
    </message>
    <message>
        <source>that is</source>
        <translation>判断</translation>
    </message>
    <message>
        <source>limit {most}</source>
        <translation>上限 {most}</translation>
    </message>
    <message>
        <source>not known whether that differs</source>
        <translation>无法得知是否不同</translation>
    </message>
    <message>
        <source>{times}× faster</source>
        <translation>快 {times} 倍</translation>
    </message>
    <message>
        <source>{times}× slower</source>
        <translation>慢 {times} 倍</translation>
    </message>
    <message>
        <source>{times}× as many</source>
        <translation>为其 {times} 倍</translation>
    </message>
    <message>
        <source>{share} less</source>
        <translation>少 {share}</translation>
    </message>
    <message>
        <source>{share} more</source>
        <translation>多 {share}</translation>
    </message>
    <message>
        <source>{times}× as much</source>
        <translation>为其 {times} 倍</translation>
    </message>
    <message>
        <source>baseline</source>
        <translation>基准</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>answers not right</source>
        <translation>答案不正确</translation>
    </message>
    <message>
        <source>over limit: {names}</source>
        <translation>超过上限：{names}</translation>
    </message>
    <message>
        <source>&amp;Quantity</source>
        <translation>指标(&amp;Q)</translation>
    </message>
    <message>
        <source>Quantity that the bars show</source>
        <translation>条形图所示的指标</translation>
    </message>
    <message>
        <source>Ratios as a table</source>
        <translation>倍数表</translation>
    </message>
    <message>
        <source>No two of these runs have a figure in common.</source>
        <translation>没有两次测量具有共同的指标。</translation>
    </message>
</context>
<context>
    <name>BatchTable</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Measured on</source>
        <translation>测量环境</translation>
    </message>
    <message>
        <source>Typical wait</source>
        <translation>典型等待时间</translation>
    </message>
    <message>
        <source>Slow 1 in 100</source>
        <translation>百次中最慢的一次</translation>
    </message>
    <message>
        <source>Answers/s</source>
        <translation>每秒结果数</translation>
    </message>
    <message>
        <source>Most memory</source>
        <translation>最高内存</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>{runtime}, {device}, batch {batch}, {precision}</source>
        <translation>{runtime}，{device}，批大小 {batch}，{precision}</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>stopped early</source>
        <translation>提前停止</translation>
    </message>
    <message>
        <source>cut off</source>
        <translation>中断</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
</context>
<context>
    <name>ChartTab</name>
    <message>
        <source>Show as &amp;table</source>
        <translation>显示为表格(&amp;T)</translation>
    </message>
</context>
<context>
    <name>ChecksBox</name>
    <message>
        <source>! Like my_metrics:f1 or my_metrics.py:f1.</source>
        <translation>! 写法如 my_metrics:f1 或 my_metrics.py:f1。</translation>
    </message>
    <message>
        <source>! There is no such file.</source>
        <translation>! 没有这个文件。</translation>
    </message>
    <message>
        <source>compared with {file}</source>
        <translation>与 {file} 对照</translation>
    </message>
    <message>
        <source>labelled data: {file}</source>
        <translation>带标签的数据：{file}</translation>
    </message>
    <message>
        <source>same input, same answer</source>
        <translation>同一输入是否同一答案</translation>
    </message>
    <message>
        <source>not looked at</source>
        <translation>不检查</translation>
    </message>
    <message>
        <source>Compared with</source>
        <translation>对照基准</translation>
    </message>
    <message>
        <source>How strictly</source>
        <translation>严格程度</translation>
    </message>
    <message>
        <source>Labelled data</source>
        <translation>带标签的数据</translation>
    </message>
    <message>
        <source>Pictures become</source>
        <translation>图片预处理</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>最多使用</translation>
    </message>
    <message>
        <source>Right in training</source>
        <translation>训练时的准确率</translation>
    </message>
    <message>
        <source>Own metric</source>
        <translation>自定义指标</translation>
    </message>
    <message>
        <source>A function of your own that judges the answers: it gets outputs and labels.</source>
        <translation>用您自己的函数来评判答案：它得到输出和标签。</translation>
    </message>
    <message>
        <source>all samples</source>
        <translation>全部样本</translation>
    </message>
    <message>
        <source> samples</source>
        <translation> 个样本</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Tolerances…</source>
        <translation>容差…</translation>
    </message>
    <message>
        <source>Does the same input give the same answer?</source>
        <translation>同一输入是否给出同一答案？</translation>
    </message>
    <message>
        <source>Where answers part, look for the first place inside</source>
        <translation>答案不一致时，查找内部最先出现差异之处</translation>
    </message>
    <message>
        <source>the first file</source>
        <translation>第一个文件</translation>
    </message>
    <message>
        <source>{file} (the first)</source>
        <translation>{file}（第一个）</translation>
    </message>
    <message>
        <source>Another file…</source>
        <translation>其他文件…</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>不对照</translation>
    </message>
    <message>
        <source>Are the answers right?</source>
        <translation>答案正确吗？</translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Compare runs</source>
        <translation>比较测量</translation>
    </message>
    <message numerus="yes">
        <source>Compare %n run(s)</source>
        <translation>
            <numerusform>比较 %n 次测量</numerusform>
        </translation>
    </message>
    <message>
        <source>Comparing; beside a measurement this waits until it is over.</source>
        <translation>正在比较；若有测量正在进行，会等它结束。</translation>
    </message>
    <message>
        <source>{name} stands alone: add another run to compare it with.</source>
        <translation>只有 {name} 一个：请再添加一次测量来比较。</translation>
    </message>
    <message>
        <source>At most {most} runs are compared; {count} were left out.</source>
        <translation>最多比较 {most} 次测量；有 {count} 次未列入。</translation>
    </message>
    <message>
        <source>&amp;Baseline</source>
        <translation>基准(&amp;B)</translation>
    </message>
    <message>
        <source>Run that the others are held against</source>
        <translation>其他测量与之对照的基准</translation>
    </message>
    <message>
        <source>A&amp;dd files…</source>
        <translation>添加文件(&amp;D)…</translation>
    </message>
    <message>
        <source>&amp;Copy table</source>
        <translation>复制表格(&amp;C)</translation>
    </message>
    <message>
        <source>Re&amp;port…</source>
        <translation>报告(&amp;P)…</translation>
    </message>
    <message>
        <source>Choose from the &amp;history</source>
        <translation>从历史中选择(&amp;H)</translation>
    </message>
    <message>
        <source>Drop results here</source>
        <translation>把结果拖到这里</translation>
    </message>
    <message>
        <source>Documents (.json) that inferometer saved, of one run or several</source>
        <translation>inferometer 保存的文档 (.json)，含一次或多次测量</translation>
    </message>
    <message>
        <source>&amp;Choose files…</source>
        <translation>选择文件(&amp;C)…</translation>
    </message>
    <message>
        <source>Or drop several model files on the Start page: they are measured in turns and compared here. Or mark two or more runs in the History and press Compare.</source>
        <translation>也可以把多个模型文件拖到“开始”页：它们会轮流测量，并在这里比较。或者在“历史”中选中两次以上的测量，然后按“比较”。</translation>
    </message>
</context>
<context>
    <name>CompareView</name>
    <message>
        <source>Bars</source>
        <translation>条形图</translation>
    </message>
    <message>
        <source>Wait vs answers/s</source>
        <translation>等待与吞吐</translation>
    </message>
    <message>
        <source>Best trade-offs</source>
        <translation>最佳折中</translation>
    </message>
    <message>
        <source>Share below</source>
        <translation>以内比例</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>答案</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Charts and tables of this comparison</source>
        <translation>本次比较的图表</translation>
    </message>
</context>
<context>
    <name>CurvesTab</name>
    <message>
        <source>run</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>load</source>
        <translation>负载</translation>
    </message>
    <message>
        <source>samples per second</source>
        <translation>每秒样本数</translation>
    </message>
    <message>
        <source>&amp;Wait</source>
        <translation>等待(&amp;W)</translation>
    </message>
    <message>
        <source>Wait that the curves show</source>
        <translation>曲线所示的等待时间</translation>
    </message>
    <message>
        <source>Loads as a table</source>
        <translation>负载表</translation>
    </message>
    <message>
        <source>No run has both a wait and a throughput.</source>
        <translation>没有一次测量同时具有等待时间和吞吐量。</translation>
    </message>
</context>
<context>
    <name>DatasetField</name>
    <message>
        <source>drop it here, or choose</source>
        <translation>拖到此处，或选择</translation>
    </message>
    <message>
        <source>Labelled data</source>
        <translation>带标签的数据</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>文件…</translation>
    </message>
    <message>
        <source>Choose an .npz file with inputs and labels</source>
        <translation>选择含输入与标签的 .npz 文件</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>Choose a folder of labelled pictures</source>
        <translation>选择带标签图片的文件夹</translation>
    </message>
    <message>
        <source>Use no labelled data</source>
        <translation>不使用带标签的数据</translation>
    </message>
    <message>
        <source>Take the sample&apos;s own</source>
        <translation>使用示例自带的数据</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>a sub-folder for each class</source>
        <translation>每个类别一个子文件夹</translation>
    </message>
    <message>
        <source>File with labels</source>
        <translation>标签文件</translation>
    </message>
    <message>
        <source>Choose a file with labels</source>
        <translation>选择标签文件</translation>
    </message>
</context>
<context>
    <name>Dialogs</name>
    <message>
        <source>Choose model files</source>
        <translation>选择模型文件</translation>
    </message>
    <message>
        <source>Model files ({kinds})</source>
        <translation>模型文件 ({kinds})</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Choose files with inputs</source>
        <translation>选择输入数据文件</translation>
    </message>
    <message>
        <source>NumPy arrays (*.npy *.npz)</source>
        <translation>NumPy 数组 (*.npy *.npz)</translation>
    </message>
    <message>
        <source>Choose a folder of pictures or arrays</source>
        <translation>选择含有图片或数组的文件夹</translation>
    </message>
    <message>
        <source>Choose a file for this input</source>
        <translation>为此输入选择文件</translation>
    </message>
    <message>
        <source>Arrays and pictures (*.npy *.png *.jpg *.jpeg)</source>
        <translation>数组和图片 (*.npy *.png *.jpg *.jpeg)</translation>
    </message>
    <message>
        <source>Choose results to compare</source>
        <translation>选择要比较的结果</translation>
    </message>
    <message>
        <source>Results of inferometer (*.json)</source>
        <translation>inferometer 的结果 (*.json)</translation>
    </message>
    <message>
        <source>Choose a folder of labelled pictures</source>
        <translation>选择带标签图片的文件夹</translation>
    </message>
    <message>
        <source>Choose a file with labels</source>
        <translation>选择标签文件</translation>
    </message>
    <message>
        <source>Labels (*.csv *.txt)</source>
        <translation>标签 (*.csv *.txt)</translation>
    </message>
    <message>
        <source>Choose the model whose answers count as right</source>
        <translation>选择以其答案为准的模型</translation>
    </message>
    <message>
        <source>Choose inputs with labels</source>
        <translation>选择带标签的输入</translation>
    </message>
    <message>
        <source>NumPy arrays (*.npz)</source>
        <translation>NumPy 数组 (*.npz)</translation>
    </message>
    <message>
        <source>Choose a Python interpreter</source>
        <translation>选择 Python 解释器</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>另存为</translation>
    </message>
    <message>
        <source>Open this file?</source>
        <translation>打开此文件？</translation>
    </message>
    <message>
        <source>“{file}” can run program code on this computer when it is opened, as any TorchScript file can. Open it only if you know where it comes from.</source>
        <translation>与任何 TorchScript 文件一样，“{file}”在打开时可以在这台电脑上运行程序代码。只有知道它的来源时才打开。</translation>
    </message>
    <message>
        <source>Content: SHA-256 {hash}…
You are asked once for this content; if it changes, you are asked again.</source>
        <translation>内容：SHA-256 {hash}…
同样的内容只询问一次；内容变化后会再次询问。</translation>
    </message>
    <message>
        <source>&amp;Trust and open</source>
        <translation>信任并打开(&amp;T)</translation>
    </message>
    <message>
        <source>Run this program?</source>
        <translation>运行此程序？</translation>
    </message>
    <message>
        <source>“{file}” is a program: opening it runs native code on this computer with all your rights. Run it only if you made it, or know who did.</source>
        <translation>“{file}”是一个程序：打开它就会用您的全部权限在这台计算机上运行本机代码。只有在它由您制作、或您知道由谁制作时才运行。</translation>
    </message>
    <message>
        <source>Content: SHA-256 {hash}…
You are asked each time, also for the same content.</source>
        <translation>内容：SHA-256 {hash}…
每次都会询问，内容相同也一样。</translation>
    </message>
    <message>
        <source>&amp;Run it this once</source>
        <translation>仅运行这一次(&amp;R)</translation>
    </message>
    <message>
        <source>Choose a folder for the variants</source>
        <translation>选择存放变体的文件夹</translation>
    </message>
    <message>
        <source>Already there</source>
        <translation>文件已存在</translation>
    </message>
    <message>
        <source>“{file}” is already in this folder. Make it anew?</source>
        <translation>此文件夹中已有“{file}”。重新生成吗？</translation>
    </message>
    <message>
        <source>&amp;Replace</source>
        <translation>替换(&amp;R)</translation>
    </message>
    <message>
        <source>A run is going on</source>
        <translation>测量正在进行</translation>
    </message>
    <message>
        <source>Stop the run and close the window?</source>
        <translation>要停止测量并关闭窗口吗？</translation>
    </message>
    <message>
        <source>What was measured until now is kept in the history, marked as stopped early.</source>
        <translation>目前已测得的数据会保留在历史中，并标记为提前停止。</translation>
    </message>
    <message>
        <source>&amp;Stop and close</source>
        <translation>停止并关闭(&amp;S)</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>Results that are only in memory and would be lost: {count}.</source>
        <translation>只在内存中、关闭后将丢失的结果：{count} 个。</translation>
    </message>
    <message>
        <source>Close &amp;without them</source>
        <translation>放弃并关闭(&amp;W)</translation>
    </message>
    <message>
        <source>That did not work</source>
        <translation>操作未成功</translation>
    </message>
    <message>
        <source>Something is wrong in inferometer</source>
        <translation>inferometer 出现问题</translation>
    </message>
    <message>
        <source>This is a mistake in inferometer, not in your model. The window goes on, and saved results are safe. Please report it with the details.</source>
        <translation>这是 inferometer 的错误，与您的模型无关。窗口会继续运行，已保存的结果是安全的。请附上详细信息反馈此问题。</translation>
    </message>
    <message>
        <source>&amp;Copy details</source>
        <translation>复制详细信息(&amp;C)</translation>
    </message>
</context>
<context>
    <name>ErrorCard</name>
    <message>
        <source>This run failed</source>
        <translation>本次测量失败</translation>
    </message>
    <message>
        <source>&amp;Details</source>
        <translation>详细信息(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Copy details</source>
        <translation>复制详细信息(&amp;C)</translation>
    </message>
    <message>
        <source>Details of the error</source>
        <translation>错误的详细信息</translation>
    </message>
</context>
<context>
    <name>FactsTable</name>
    <message>
        <source>What</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
</context>
<context>
    <name>FileRow</name>
    <message>
        <source>Look inside</source>
        <translation>查看内部</translation>
    </message>
    <message>
        <source>Look inside {file}</source>
        <translation>查看 {file} 的内部</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove {file}</source>
        <translation>移除 {file}</translation>
    </message>
    <message>
        <source>Looking at the file…</source>
        <translation>正在查看文件…</translation>
    </message>
    <message>
        <source>{count} parameters</source>
        <translation>{count} 个参数</translation>
    </message>
    <message>
        <source>reading its inputs…</source>
        <translation>正在读取输入…</translation>
    </message>
    <message>
        <source>its inputs are read after the run</source>
        <translation>运行结束后读取其输入</translation>
    </message>
    <message>
        <source>input {name}: {shape} {dtype}</source>
        <translation>输入 {name}：{shape} {dtype}</translation>
    </message>
</context>
<context>
    <name>Gate</name>
    <message>
        <source>Compare all the &amp;same</source>
        <translation>仍然比较(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Also differs ({count})</source>
        <translation>其他不同(&amp;A)（{count}）</translation>
    </message>
    <message>
        <source>Not the same: faster and slower are withheld until you accept it.</source>
        <translation>条件不同：在您接受之前，不说快慢。</translation>
    </message>
    <message>
        <source>Compared although not the same; every report says so.</source>
        <translation>条件不同仍作比较；每份报告都会注明。</translation>
    </message>
    <message>
        <source>Nothing keeps these runs from being compared.</source>
        <translation>这些测量可以比较。</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>撤回</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>接受</translation>
    </message>
    <message>
        <source>{aspect}: {values}</source>
        <translation>{aspect}：{values}</translation>
    </message>
</context>
<context>
    <name>Help</name>
    <message>
        <source>Typical wait (median latency, P50)</source>
        <translation>典型等待（延迟中位数，P50）</translation>
    </message>
    <message>
        <source>Half of the answers took at most this long.</source>
        <translation>一半的回答用时不超过它。</translation>
    </message>
    <message>
        <source>Slow 1 in 100 (P99)</source>
        <translation>每 100 次中最慢的 1 次（P99）</translation>
    </message>
    <message>
        <source>Of 100 answers one took longer than this. Shown only where there are enough of them.</source>
        <translation>每 100 次回答中有一次比它更久。只有在次数足够时才显示。</translation>
    </message>
    <message>
        <source>95 % sure</source>
        <translation>95 % 把握</translation>
    </message>
    <message>
        <source>The range in which the number lies, judged from this run alone. Starting anew can move it by more.</source>
        <translation>仅凭这次运行判断，数值所在的范围。重新启动可能使它变动更多。</translation>
    </message>
    <message>
        <source>Answers per second (throughput)</source>
        <translation>每秒回答数（吞吐量）</translation>
    </message>
    <message>
        <source>How many answers came in a second, where the next is asked for when one is there.</source>
        <translation>一个回答到达后才请求下一个时，每秒得到多少个回答。</translation>
    </message>
    <message>
        <source>Getting ready (load and first call)</source>
        <translation>准备时间（加载与首次调用）</translation>
    </message>
    <message>
        <source>What passes before the first answer is there; it is paid once at every start.</source>
        <translation>得到第一个回答之前所需的时间；每次启动付出一次。</translation>
    </message>
    <message>
        <source>Practice runs (warm-up)</source>
        <translation>预热</translation>
    </message>
    <message>
        <source>The first calls are slower than those of daily use: they are made, not counted.</source>
        <translation>最初的调用比日常使用慢：会执行，但不计入。</translation>
    </message>
    <message>
        <source>Per batch (batch size)</source>
        <translation>每批（批大小）</translation>
    </message>
    <message>
        <source>How many samples one call answers. More of them wait longer and cost less each.</source>
        <translation>一次调用回答多少个样本。越多等待越久，但每个的代价越小。</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>How many cores one call may use at once.</source>
        <translation>一次调用可同时使用多少个核心。</translation>
    </message>
    <message>
        <source>Most memory used (peak RSS)</source>
        <translation>最大内存占用（峰值 RSS）</translation>
    </message>
    <message>
        <source>The most that the measuring process held in memory: runtime, model and inputs.</source>
        <translation>测量进程占用的最大内存：运行时、模型和输入。</translation>
    </message>
    <message>
        <source>FLOPs and MACs</source>
        <translation>FLOPs 与 MACs</translation>
    </message>
    <message>
        <source>How much arithmetic one answer takes, not how fast it is. 1 MAC, a product and a sum, is 2 FLOPs.</source>
        <translation>一次回答需要多少运算，而不是有多快。1 MAC（一次乘法加一次加法）等于 2 FLOPs。</translation>
    </message>
    <message>
        <source>Choose model files</source>
        <translation>选择模型文件</translation>
    </message>
    <message>
        <source>Start, on the page “Run”</source>
        <translation>在“运行”页面开始</translation>
    </message>
    <message>
        <source>Stop, on the page “Measuring”; what was measured is kept</source>
        <translation>在“测量”页面停止；已测得的数据会保留</translation>
    </message>
    <message>
        <source>Go to a page</source>
        <translation>转到某个页面</translation>
    </message>
    <message>
        <source>Export, on the page “Results”</source>
        <translation>在“结果”页面导出</translation>
    </message>
    <message>
        <source>Go to the next part of the window</source>
        <translation>转到窗口的下一部分</translation>
    </message>
    <message>
        <source>This help</source>
        <translation>本帮助</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>用语</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>关闭(&amp;C)</translation>
    </message>
</context>
<context>
    <name>HistoryPage</name>
    <message>
        <source>Deleted 1 run.</source>
        <translation>已删除 1 次测量。</translation>
    </message>
    <message>
        <source>Deleted {count} runs.</source>
        <translation>已删除 {count} 次测量。</translation>
    </message>
    <message>
        <source>{shown} of {total} runs</source>
        <translation>显示 {shown} / {total} 次测量</translation>
    </message>
    <message>
        <source>No run holds all of these words.</source>
        <translation>没有测量同时包含这些词。</translation>
    </message>
    <message>
        <source>No run yet. Each run that you measure is kept here, also those that failed.</source>
        <translation>还没有测量。每次测量都会保存在这里，包括失败的。</translation>
    </message>
    <message>
        <source>Co&amp;mpare {count}</source>
        <translation>比较 {count} 次(&amp;M)</translation>
    </message>
    <message>
        <source>Co&amp;mpare</source>
        <translation>比较(&amp;M)</translation>
    </message>
    <message>
        <source>Search model, format, runtime, device…</source>
        <translation>搜索模型、格式、运行时、设备…</translation>
    </message>
    <message>
        <source>Search the history</source>
        <translation>搜索历史</translation>
    </message>
    <message>
        <source>Runs in the history</source>
        <translation>历史中的测量</translation>
    </message>
    <message>
        <source>&amp;Open</source>
        <translation>打开(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>删除(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>Mark two or more runs with Ctrl or Shift to compare them.</source>
        <translation>用 Ctrl 或 Shift 选中两次以上的测量来比较。</translation>
    </message>
</context>
<context>
    <name>HistoryTable</name>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Runtime</source>
        <translation>运行时</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Typical wait</source>
        <translation>典型等待时间</translation>
    </message>
    <message>
        <source>Slow 1 in 100</source>
        <translation>百次中最慢的一次</translation>
    </message>
    <message>
        <source>Answers/s</source>
        <translation>每秒结果数</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>cut off</source>
        <translation>中断</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>trusted</source>
        <translation>可信</translation>
    </message>
    <message>
        <source>caution</source>
        <translation>需谨慎</translation>
    </message>
    <message>
        <source>invalid</source>
        <translation>无效</translation>
    </message>
</context>
<context>
    <name>Holder</name>
    <message>
        <source>One moment…</source>
        <translation>请稍候…</translation>
    </message>
</context>
<context>
    <name>InputRow</name>
    <message>
        <source>how many words, for example 32000</source>
        <translation>词表大小，例如 32000</translation>
    </message>
    <message>
        <source>from, to: for example 0, 1</source>
        <translation>下限, 上限：例如 0, 1</translation>
    </message>
    <message>
        <source>from, to: for example 0, 9</source>
        <translation>下限, 上限：例如 0, 9</translation>
    </message>
    <message>
        <source>for example 0.5</source>
        <translation>例如 0.5</translation>
    </message>
    <message>
        <source>Choose a .npy file or a picture.</source>
        <translation>请选择一个 .npy 文件或一张图片。</translation>
    </message>
    <message>
        <source>Choose a folder of pictures or of .npy files.</source>
        <translation>请选择含有图片或 .npy 文件的文件夹。</translation>
    </message>
    <message>
        <source>A whole number of at least 1, or nothing.</source>
        <translation>不小于 1 的整数，或留空。</translation>
    </message>
    <message>
        <source>Two numbers with a comma between, the smaller first.</source>
        <translation>两个数，用逗号分隔，小的在前。</translation>
    </message>
    <message>
        <source>Two whole numbers with a comma between, the smaller first.</source>
        <translation>两个整数，用逗号分隔，小的在前。</translation>
    </message>
    <message>
        <source>One number.</source>
        <translation>一个数。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Token ids</source>
        <translation>词元编号</translation>
    </message>
    <message>
        <source>Mask of ones</source>
        <translation>全 1 掩码</translation>
    </message>
    <message>
        <source>Probabilities</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>Normal distribution</source>
        <translation>正态分布</translation>
    </message>
    <message>
        <source>Numbers in a range…</source>
        <translation>指定范围的数…</translation>
    </message>
    <message>
        <source>Whole numbers in a range…</source>
        <translation>指定范围的整数…</translation>
    </message>
    <message>
        <source>Constant…</source>
        <translation>常数…</translation>
    </message>
    <message>
        <source>From a file…</source>
        <translation>来自文件…</translation>
    </message>
    <message>
        <source>From a folder…</source>
        <translation>来自文件夹…</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
</context>
<context>
    <name>InputRows</name>
    <message>
        <source>Input “{name}”</source>
        <translation>输入“{name}”</translation>
    </message>
</context>
<context>
    <name>InspectPage</name>
    <message>
        <source>&amp;Choose file…</source>
        <translation>选择文件(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Measure it</source>
        <translation>测量它(&amp;M)</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Choose a model file, or drop one here, to read what is inside. Nothing of it runs.</source>
        <translation>选择一个模型文件，或把它拖放到这里，即可查看其内部。不会运行其中的任何内容。</translation>
    </message>
    <message>
        <source>Reading the file…</source>
        <translation>正在读取文件…</translation>
    </message>
    <message>
        <source>What each operator needs is not known: {reason}</source>
        <translation>各算子的计算量与数据量未知：{reason}</translation>
    </message>
    <message>
        <source>What it is</source>
        <translation>它是什么</translation>
    </message>
</context>
<context>
    <name>LimitBar</name>
    <message>
        <source>and {limits}</source>
        <translation>以及 {limits}</translation>
    </message>
    <message>
        <source>Drop this limit</source>
        <translation>去掉这个上限</translation>
    </message>
    <message>
        <source>Limits: 99 of 100 answers within {p99} ms, at most {memory} MB, accuracy loss at most {accuracy_loss} %</source>
        <translation>上限：百次中九十九次在 {p99} ms 以内，内存不超过 {memory} MB，准确率损失不超过 {accuracy_loss} %</translation>
    </message>
    <message>
        <source>Longest wait of 99 of 100 answers, in milliseconds</source>
        <translation>百次中九十九次的最长等待时间，毫秒</translation>
    </message>
    <message>
        <source>Most memory, in megabytes</source>
        <translation>最高内存，MB</translation>
    </message>
    <message>
        <source>Most accuracy lost, in percent of the samples</source>
        <translation>准确率最多损失，占样本的百分比</translation>
    </message>
    <message>
        <source>; empty: no limit</source>
        <translation>；留空：不限</translation>
    </message>
    <message>
        <source>any</source>
        <translation>不限</translation>
    </message>
</context>
<context>
    <name>LimitField</name>
    <message>
        <source> ms</source>
        <translation> 毫秒</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>无上限</translation>
    </message>
    <message>
        <source>How many answers must keep the limit</source>
        <translation>须满足上限的回答比例</translation>
    </message>
</context>
<context>
    <name>LivePage</name>
    <message>
        <source>Nothing is being measured</source>
        <translation>当前没有测量</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>停止(&amp;S)</translation>
    </message>
    <message>
        <source>Esc. What was measured until now is kept.</source>
        <translation>Esc。已测得的数据会保留。</translation>
    </message>
    <message>
        <source>Show the &amp;results</source>
        <translation>查看结果(&amp;R)</translation>
    </message>
    <message>
        <source>Getting ready</source>
        <translation>准备</translation>
    </message>
    <message>
        <source>Practice</source>
        <translation>热身</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Checking answers</source>
        <translation>检查答案</translation>
    </message>
    <message>
        <source>Progress of measuring</source>
        <translation>测量进度</translation>
    </message>
    <message>
        <source>Every wait, in order</source>
        <translation>按顺序的每次等待时间</translation>
    </message>
    <message>
        <source>&amp;Pause drawing</source>
        <translation>暂停绘图(&amp;P)</translation>
    </message>
    <message>
        <source>{runtime}, {device}, batch {batch}</source>
        <translation>{runtime}，{device}，批大小 {batch}</translation>
    </message>
    <message>
        <source>run {position} of {count}</source>
        <translation>第 {position} 个，共 {count} 个</translation>
    </message>
    <message>
        <source>model {position} of {count}</source>
        <translation>第 {position} 个模型，共 {count} 个</translation>
    </message>
    <message>
        <source>point {number}</source>
        <translation>第 {number} 个点</translation>
    </message>
    <message>
        <source>point {number} of {count}</source>
        <translation>第 {number}/{count} 个点</translation>
    </message>
    <message>
        <source>process {number} of {count}</source>
        <translation>第 {number} 个进程，共 {count} 个</translation>
    </message>
    <message>
        <source>round {number} of {count}</source>
        <translation>第 {number} 轮，共 {count} 轮</translation>
    </message>
    <message>
        <source>Typical wait so far</source>
        <translation>目前的典型等待时间</translation>
    </message>
    <message>
        <source>Typical wait in practice</source>
        <translation>热身时的典型等待时间</translation>
    </message>
    <message>
        <source>Counted answers</source>
        <translation>已计入的结果数</translation>
    </message>
    <message>
        <source>Practice runs (not counted)</source>
        <translation>热身次数（不计入）</translation>
    </message>
    <message>
        <source>Choose files on the page “Run” and press Start.</source>
        <translation>在“新测量”页选择文件，然后点击“开始测量”。</translation>
    </message>
    <message>
        <source>This run is over.</source>
        <translation>本次测量已结束。</translation>
    </message>
    <message>
        <source>Waiting until this program has no other work, so that only the model is measured…</source>
        <translation>正在等待本程序的其他工作完成，以便只测量模型…</translation>
    </message>
    <message>
        <source>This process has measured; what comes next is made ready…</source>
        <translation>本进程测量完毕；正在准备下一步…</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done}/{total}</translation>
    </message>
    <message>
        <source>right so far: {right} ({share} %)</source>
        <translation>目前答对：{right}（{share} %）</translation>
    </message>
</context>
<context>
    <name>LivePoints</name>
    <message>
        <source>point</source>
        <translation>点</translation>
    </message>
    <message>
        <source>samples/s</source>
        <translation>样本/秒</translation>
    </message>
    <message>
        <source>state</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>other models: {state}</source>
        <translation>其他模型：{state}</translation>
    </message>
    <message>
        <source>{stage}: {rate}/s</source>
        <translation>{stage}：{rate}/秒</translation>
    </message>
    <message>
        <source>measuring…</source>
        <translation>测量中…</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>keeps the limit</source>
        <translation>满足上限</translation>
    </message>
    <message>
        <source>breaks the limit</source>
        <translation>超出上限</translation>
    </message>
    <message>
        <source>undecided</source>
        <translation>未定</translation>
    </message>
    <message>
        <source>{number} of {count} processes</source>
        <translation>已测 {number}/{count} 个进程</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>已测量</translation>
    </message>
    <message>
        <source>Points as they are measured</source>
        <translation>测量中的各点</translation>
    </message>
</context>
<context>
    <name>LoadCurve</name>
    <message>
        <source>{rate} samples/s</source>
        <translation>{rate} 样本/秒</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>knee</source>
        <translation>拐点</translation>
    </message>
    <message>
        <source>best under the limit</source>
        <translation>上限内最佳</translation>
    </message>
    <message>
        <source>, log scale</source>
        <translation>，对数刻度</translation>
    </message>
    <message>
        <source>wait ({unit}){scale}</source>
        <translation>等待（{unit}）{scale}</translation>
    </message>
    <message>
        <source>samples per second</source>
        <translation>每秒样本数</translation>
    </message>
    <message>
        <source>limit: {name} {wait}</source>
        <translation>上限：{name} {wait}</translation>
    </message>
    <message>
        <source>Waits under rising load</source>
        <translation>负载上升时的等待时间</translation>
    </message>
    <message>
        <source>requests under way at once</source>
        <translation>同时进行的请求数</translation>
    </message>
    <message>
        <source>batch size</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>requests per second</source>
        <translation>每秒请求数</translation>
    </message>
    <message>
        <source>threads</source>
        <translation>线程数</translation>
    </message>
    <message>
        <source>◯ Knee: {setting} ({wait}, {rate} samples/s).</source>
        <translation>◯ 拐点：{setting}（{wait}，{rate} 样本/秒）。</translation>
    </message>
    <message>
        <source>★ Best under the limit: {setting} ({wait}, {rate} samples/s).</source>
        <translation>★ 上限内最佳：{setting}（{wait}，{rate} 样本/秒）。</translation>
    </message>
    <message>
        <source>✕ Failed: {settings}.</source>
        <translation>✕ 失败：{settings}。</translation>
    </message>
    <message>
        <source>No point keeps the limit.</source>
        <translation>没有任何一点满足上限。</translation>
    </message>
</context>
<context>
    <name>LoadCurves</name>
    <message>
        <source>{name}, batch {batch}, {count} at once: {wait} at {rate} samples/s</source>
        <translation>{name}，批大小 {batch}，同时 {count} 个：{wait}，每秒 {rate} 个样本</translation>
    </message>
    <message>
        <source>, log scale</source>
        <translation>，对数刻度</translation>
    </message>
    <message>
        <source>wait ({unit}){scale}</source>
        <translation>等待时间 ({unit}){scale}</translation>
    </message>
    <message>
        <source>samples per second</source>
        <translation>每秒样本数</translation>
    </message>
    <message>
        <source>Waits under rising load, runs over each other</source>
        <translation>负载升高时的等待时间，多次测量叠放</translation>
    </message>
    <message>
        <source>Further right and lower is better.</source>
        <translation>越靠右、越低越好。</translation>
    </message>
    <message>
        <source>Outside of the picture: {limits}.</source>
        <translation>超出图外：{limits}。</translation>
    </message>
    <message>
        <source>{count} of {all} runs were measured at one load only.</source>
        <translation>{all} 次测量中有 {count} 次只在一种负载下测量。</translation>
    </message>
    <message>
        <source>Measured at one load only: {names}.</source>
        <translation>只在一种负载下测量：{names}。</translation>
    </message>
</context>
<context>
    <name>LoadTab</name>
    <message>
        <source>over &amp;throughput</source>
        <translation>按吞吐量(&amp;T)</translation>
    </message>
    <message>
        <source>over &amp;load</source>
        <translation>按负载(&amp;L)</translation>
    </message>
    <message>
        <source>Points of this run</source>
        <translation>本次运行的各点</translation>
    </message>
</context>
<context>
    <name>Machine</name>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>Physical cores</source>
        <translation>物理核心数</translation>
    </message>
    <message>
        <source>Logical cores</source>
        <translation>逻辑核心数</translation>
    </message>
    <message>
        <source>Cores this process may use</source>
        <translation>本进程可用核心数</translation>
    </message>
    <message>
        <source>Instruction sets</source>
        <translation>指令集</translation>
    </message>
    <message>
        <source>Highest clock</source>
        <translation>最高频率</translation>
    </message>
    <message>
        <source>Clock governor</source>
        <translation>频率调节策略</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Memory granted to the container</source>
        <translation>容器可用内存</translation>
    </message>
    <message>
        <source>Virtual machine</source>
        <translation>虚拟机</translation>
    </message>
    <message>
        <source>Hypervisor</source>
        <translation>虚拟机监控程序</translation>
    </message>
    <message>
        <source>Newest CUDA of the driver</source>
        <translation>驱动支持的最高 CUDA 版本</translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation>显卡</translation>
    </message>
    <message>
        <source>Compute capability</source>
        <translation>计算能力</translation>
    </message>
    <message>
        <source>Memory of the card</source>
        <translation>显存</translation>
    </message>
    <message>
        <source>Highest clock of the card</source>
        <translation>显卡最高频率</translation>
    </message>
    <message>
        <source>Power limit of the card</source>
        <translation>显卡功耗上限</translation>
    </message>
</context>
<context>
    <name>MachinePage</name>
    <message>
        <source>Choose a cell to read where its figure comes from.</source>
        <translation>选中单元格可查看数字的来源。</translation>
    </message>
    <message>
        <source>{shown} of {total} cards</source>
        <translation>显示 {shown} / {total} 款显卡</translation>
    </message>
    <message>
        <source>This machine is being asked what it is…</source>
        <translation>正在查询本机配置…</translation>
    </message>
    <message>
        <source>This machine beside well-known cards</source>
        <translation>本机与常见显卡对照</translation>
    </message>
    <message>
        <source>Filter by name, maker or architecture…</source>
        <translation>按名称、厂商或架构筛选…</translation>
    </message>
    <message>
        <source>Filter the cards</source>
        <translation>筛选显卡</translation>
    </message>
    <message>
        <source>Facts about this machine</source>
        <translation>本机信息</translation>
    </message>
    <message>
        <source>Peaks are theoretical and dense. * computed from units, rate and clock; ~ estimated from the largest clock; – not known: point at the cell to read why.</source>
        <translation>峰值为理论稠密值。* 由单元数、每周期速率和频率计算；~ 按最高频率估算；– 未知：将鼠标移到单元格上可查看原因。</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Start</source>
        <translation>首页</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>新测量</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>测量中</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Inside</source>
        <translation>内部</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
</context>
<context>
    <name>MemoryTab</name>
    <message>
        <source>batch {size}</source>
        <translation>批大小 {size}</translation>
    </message>
    <message>
        <source>{what}: {reason}</source>
        <translation>{what}：{reason}</translation>
    </message>
    <message>
        <source>The process, from start to end</source>
        <translation>进程内存，从开始到结束</translation>
    </message>
    <message>
        <source>What the model&apos;s share of the peak holds</source>
        <translation>峰值中模型部分的组成</translation>
    </message>
    <message>
        <source>Most memory used, by batch</source>
        <translation>各批大小的内存峰值</translation>
    </message>
</context>
<context>
    <name>Names</name>
    <message>
        <source>Waits (latency)</source>
        <translation>等待时间（延迟）</translation>
    </message>
    <message>
        <source>Answers per second (throughput)</source>
        <translation>每秒结果数（吞吐量）</translation>
    </message>
    <message>
        <source>Phases</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Arithmetic (1 MAC = 2 FLOPs)</source>
        <translation>计算量（1 MAC = 2 FLOPs）</translation>
    </message>
    <message>
        <source>What the measuring itself costs</source>
        <translation>测量本身的开销</translation>
    </message>
    <message>
        <source>Power and energy</source>
        <translation>功率与能耗</translation>
    </message>
    <message>
        <source>Same answers?</source>
        <translation>结果是否一致</translation>
    </message>
    <message>
        <source>Typical wait (P50)</source>
        <translation>典型等待时间 (P50)</translation>
    </message>
    <message>
        <source>Slow 1 in 10 (P90)</source>
        <translation>十次中最慢的一次 (P90)</translation>
    </message>
    <message>
        <source>Slow 1 in 20 (P95)</source>
        <translation>二十次中最慢的一次 (P95)</translation>
    </message>
    <message>
        <source>Slow 1 in 100 (P99)</source>
        <translation>百次中最慢的一次 (P99)</translation>
    </message>
    <message>
        <source>Slow 1 in 1,000 (P99.9)</source>
        <translation>千次中最慢的一次 (P99.9)</translation>
    </message>
    <message>
        <source>95 % interval of P50</source>
        <translation>P50 的 95 % 置信区间</translation>
    </message>
    <message>
        <source>95 % interval of P99</source>
        <translation>P99 的 95 % 置信区间</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>平均值</translation>
    </message>
    <message>
        <source>Standard deviation</source>
        <translation>标准差</translation>
    </message>
    <message>
        <source>Coefficient of variation</source>
        <translation>变异系数</translation>
    </message>
    <message>
        <source>Fastest</source>
        <translation>最快</translation>
    </message>
    <message>
        <source>Slowest</source>
        <translation>最慢</translation>
    </message>
    <message>
        <source>Inferences per second</source>
        <translation>每秒推理次数</translation>
    </message>
    <message>
        <source>Samples per second</source>
        <translation>每秒样本数</translation>
    </message>
    <message>
        <source>Import of the runtime</source>
        <translation>导入运行时</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>Compile</source>
        <translation>编译</translation>
    </message>
    <message>
        <source>First inference (cold)</source>
        <translation>首次推理（冷启动）</translation>
    </message>
    <message>
        <source>Second inference</source>
        <translation>第二次推理</translation>
    </message>
    <message>
        <source>Practice runs (warm-up)</source>
        <translation>热身（预热）</translation>
    </message>
    <message>
        <source>Number of practice runs</source>
        <translation>热身次数</translation>
    </message>
    <message>
        <source>State after practice</source>
        <translation>热身后的状态</translation>
    </message>
    <message>
        <source>Measuring (steady state)</source>
        <translation>测量（稳态）</translation>
    </message>
    <message>
        <source>Start to first inference</source>
        <translation>从开始到首次推理</translation>
    </message>
    <message>
        <source>RSS before loading</source>
        <translation>加载前 RSS</translation>
    </message>
    <message>
        <source>RSS after loading</source>
        <translation>加载后 RSS</translation>
    </message>
    <message>
        <source>Most memory used (peak RSS)</source>
        <translation>最高内存占用（峰值 RSS）</translation>
    </message>
    <message>
        <source>Peak while loading</source>
        <translation>加载时峰值</translation>
    </message>
    <message>
        <source>Peak at the first calls</source>
        <translation>首次调用时峰值</translation>
    </message>
    <message>
        <source>Peak while measuring</source>
        <translation>测量时峰值</translation>
    </message>
    <message>
        <source>Activations (estimated from the graph)</source>
        <translation>激活（按计算图估算）</translation>
    </message>
    <message>
        <source>Workspace and the runtime&apos;s own</source>
        <translation>工作区及运行时自用</translation>
    </message>
    <message>
        <source>Reserved by the allocator</source>
        <translation>分配器预留</translation>
    </message>
    <message>
        <source>Of that, by the model</source>
        <translation>其中模型占用</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Peak process VRAM</source>
        <translation>进程峰值显存</translation>
    </message>
    <message>
        <source>Peak allocated VRAM</source>
        <translation>峰值分配显存</translation>
    </message>
    <message>
        <source>Memory of the device</source>
        <translation>设备内存</translation>
    </message>
    <message>
        <source>Share of the total</source>
        <translation>占总量的比例</translation>
    </message>
    <message>
        <source>FLOPs per inference</source>
        <translation>每次推理的 FLOPs</translation>
    </message>
    <message>
        <source>MACs per inference</source>
        <translation>每次推理的 MACs</translation>
    </message>
    <message>
        <source>Of these, operations on integers</source>
        <translation>其中的整数运算</translation>
    </message>
    <message>
        <source>FLOPs per sample</source>
        <translation>每个样本的 FLOPs</translation>
    </message>
    <message>
        <source>Other arithmetic, counted apart</source>
        <translation>其他运算（单独统计）</translation>
    </message>
    <message>
        <source>Operators counted</source>
        <translation>已统计的算子</translation>
    </message>
    <message>
        <source>Speed reached</source>
        <translation>达到的速度</translation>
    </message>
    <message>
        <source>Share of the peak</source>
        <translation>占峰值的比例</translation>
    </message>
    <message>
        <source>Source of the peak</source>
        <translation>峰值来源</translation>
    </message>
    <message>
        <source>Method of counting</source>
        <translation>统计方法</translation>
    </message>
    <message>
        <source>Null call, P50</source>
        <translation>空调用 P50</translation>
    </message>
    <message>
        <source>Null call, P99</source>
        <translation>空调用 P99</translation>
    </message>
    <message>
        <source>Null call as a share of the wait</source>
        <translation>空调用占等待时间的比例</translation>
    </message>
    <message>
        <source>Method of measuring power</source>
        <translation>功率测量方法</translation>
    </message>
    <message>
        <source>Average power</source>
        <translation>平均功率</translation>
    </message>
    <message>
        <source>Power at rest</source>
        <translation>空闲功率</translation>
    </message>
    <message>
        <source>Energy per inference</source>
        <translation>每次推理的能耗</translation>
    </message>
    <message>
        <source>Samples per joule</source>
        <translation>每焦耳样本数</translation>
    </message>
    <message>
        <source>Samples per second and watt</source>
        <translation>每秒每瓦样本数</translation>
    </message>
    <message>
        <source>Uncertainty</source>
        <translation>不确定度</translation>
    </message>
    <message>
        <source>Same input, same answer</source>
        <translation>相同输入得到相同结果</translation>
    </message>
    <message>
        <source>Largest difference on repeat</source>
        <translation>重复时的最大差异</translation>
    </message>
    <message>
        <source>Answers are finite</source>
        <translation>结果均为有限值</translation>
    </message>
    <message>
        <source>Reference model</source>
        <translation>参考模型</translation>
    </message>
    <message>
        <source>Right answers (top 1)</source>
        <translation>正确率 (top 1)</translation>
    </message>
    <message>
        <source>Right answers (top 5)</source>
        <translation>正确率 (top 5)</translation>
    </message>
    <message>
        <source>Labelled data</source>
        <translation>标注数据</translation>
    </message>
    <message>
        <source>Number of labelled samples</source>
        <translation>标注样本数</translation>
    </message>
</context>
<context>
    <name>NodesView</name>
    <message>
        <source>Most bytes moved</source>
        <translation>读写字节最多</translation>
    </message>
    <message>
        <source>Largest weights</source>
        <translation>权重最大</translation>
    </message>
    <message>
        <source>Most arithmetic operations</source>
        <translation>算术运算最多</translation>
    </message>
    <message>
        <source>Operators of each type</source>
        <translation>各类算子的数量</translation>
    </message>
    <message>
        <source>What the bars show</source>
        <translation>条形图显示的内容</translation>
    </message>
    <message>
        <source>Operators of this file</source>
        <translation>此文件的算子</translation>
    </message>
</context>
<context>
    <name>Numbers</name>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>of {count} measurements; {method}</source>
        <translation>基于 {count} 次测量；{method}</translation>
    </message>
    <message>
        <source>not counted: {names}</source>
        <translation>未统计：{names}</translation>
    </message>
    <message>
        <source>medians of ten equal parts differ by {spread}</source>
        <translation>十等分各段的中位数相差 {spread}</translation>
    </message>
    <message>
        <source>the same loop over a call that does nothing</source>
        <translation>对空调用执行同样的循环</translation>
    </message>
</context>
<context>
    <name>OperatorRows</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>by &amp;operator</source>
        <translation>按算子(&amp;O)</translation>
    </message>
    <message>
        <source>by &amp;type</source>
        <translation>按类型(&amp;T)</translation>
    </message>
    <message>
        <source>Find name or type…</source>
        <translation>查找名称或类型…</translation>
    </message>
    <message>
        <source>Filter the operators</source>
        <translation>筛选算子</translation>
    </message>
    <message>
        <source>Export CS&amp;V…</source>
        <translation>导出 CSV(&amp;V)…</translation>
    </message>
</context>
<context>
    <name>OperatorsTab</name>
    <message>
        <source>Where the time of a call goes</source>
        <translation>一次调用的时间去向</translation>
    </message>
    <message>
        <source>Operators of this model</source>
        <translation>此模型的算子</translation>
    </message>
</context>
<context>
    <name>OrderTab</name>
    <message>
        <source>runs</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>part</source>
        <translation>部分</translation>
    </message>
    <message>
        <source>fastest</source>
        <translation>最快</translation>
    </message>
    <message>
        <source>middle</source>
        <translation>中位</translation>
    </message>
    <message>
        <source>slowest</source>
        <translation>最慢</translation>
    </message>
    <message>
        <source>first calls</source>
        <translation>首次调用</translation>
    </message>
    <message>
        <source>practice</source>
        <translation>热身</translation>
    </message>
    <message>
        <source>counted</source>
        <translation>计入</translation>
    </message>
    <message>
        <source>Waits in order, as a table</source>
        <translation>按顺序的等待时间表</translation>
    </message>
    <message>
        <source>There are no single waits to draw: none were measured, or none were kept.</source>
        <translation>没有可绘制的单次等待时间：未测得，或未保留。</translation>
    </message>
</context>
<context>
    <name>PhasesTab</name>
    <message>
        <source>Phases of the run</source>
        <translation>运行的各阶段</translation>
    </message>
    <message>
        <source>One call on the device</source>
        <translation>设备上的一次调用</translation>
    </message>
    <message>
        <source>What the device does in one call, by its own events:</source>
        <translation>设备在一次调用中所做的事（按设备自身的事件计时）：</translation>
    </message>
    <message>
        <source>Strong colour: paid at every start. Bar lengths grow with the square root of the time.</source>
        <translation>深色：每次启动都要付出。条形长度按时间的平方根增长。</translation>
    </message>
    <message>
        <source>Host to device</source>
        <translation>主机到设备</translation>
    </message>
    <message>
        <source>Compute</source>
        <translation>计算</translation>
    </message>
    <message>
        <source>Device to host</source>
        <translation>设备到主机</translation>
    </message>
    <message>
        <source>as your application calls it</source>
        <translation>应用程序调用时</translation>
    </message>
    <message>
        <source>on the device alone</source>
        <translation>仅在设备上</translation>
    </message>
</context>
<context>
    <name>Points</name>
    <message>
        <source>{rate} samples/s</source>
        <translation>{rate} 样本/秒</translation>
    </message>
    <message>
        <source>{count} measurements</source>
        <translation>{count} 次测量</translation>
    </message>
    <message>
        <source>{size} of memory at most</source>
        <translation>内存最多 {size}</translation>
    </message>
</context>
<context>
    <name>PreprocessingField</name>
    <message>
        <source>Pictures: pixels from 0 to 1. Arrays of an .npz file: as they are.</source>
        <translation>图片：像素取 0 到 1。.npz 文件中的数组：原样使用。</translation>
    </message>
    <message>
        <source>these steps do not go together</source>
        <translation>这些步骤互相矛盾</translation>
    </message>
    <message>
        <source>! Cannot be read: {part}</source>
        <translation>! 无法识别：{part}</translation>
    </message>
    <message>
        <source>The usual</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Pixels as they are, 0 to 255</source>
        <translation>像素原样，0 到 255</translation>
    </message>
    <message>
        <source>Pixels from 0 to 1</source>
        <translation>像素取 0 到 1</translation>
    </message>
    <message>
        <source>ImageNet, as PyTorch does</source>
        <translation>ImageNet（PyTorch 做法）</translation>
    </message>
    <message>
        <source>ImageNet, as PyTorch does (newer weights)</source>
        <translation>ImageNet（PyTorch 新版权重）</translation>
    </message>
    <message>
        <source>ImageNet, as TensorFlow does</source>
        <translation>ImageNet（TensorFlow 做法）</translation>
    </message>
    <message>
        <source>ImageNet, as Caffe does (BGR)</source>
        <translation>ImageNet（Caffe 做法，BGR）</translation>
    </message>
    <message>
        <source>Vision transformer (Hugging Face)</source>
        <translation>视觉 Transformer（Hugging Face）</translation>
    </message>
    <message>
        <source>One&apos;s own steps…</source>
        <translation>自定义步骤…</translation>
    </message>
    <message>
        <source>Shorter side</source>
        <translation>短边</translation>
    </message>
    <message>
        <source>Middle square</source>
        <translation>居中裁剪</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>颜色顺序</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>取值范围</translation>
    </message>
    <message>
        <source>Minus mean</source>
        <translation>减去均值</translation>
    </message>
    <message>
        <source>Over std</source>
        <translation>除以标准差</translation>
    </message>
    <message>
        <source>Resampling</source>
        <translation>插值</translation>
    </message>
    <message>
        <source>as the model</source>
        <translation>与模型一致</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source> px</source>
        <translation> 像素</translation>
    </message>
    <message>
        <source>0 to 1</source>
        <translation>0 到 1</translation>
    </message>
    <message>
        <source>-1 to 1</source>
        <translation>-1 到 1</translation>
    </message>
    <message>
        <source>0 to 255</source>
        <translation>0 到 255</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>灰度</translation>
    </message>
</context>
<context>
    <name>PythonField</name>
    <message>
        <source>Asking this Python…</source>
        <translation>正在询问此 Python…</translation>
    </message>
    <message>
        <source>Python {version} with numpy {numpy}; runtimes there: {runtimes}.</source>
        <translation>Python {version}，numpy {numpy}；其中的运行时：{runtimes}。</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>this program&apos;s own</source>
        <translation>本程序自带的</translation>
    </message>
    <message>
        <source>Python of the runtime</source>
        <translation>运行时的 Python</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Choose a Python interpreter</source>
        <translation>选择 Python 解释器</translation>
    </message>
</context>
<context>
    <name>QueueRow</name>
    <message>
        <source>measured; its answers are looked at</source>
        <translation>测量完毕；正在检查其答案</translation>
    </message>
    <message>
        <source>measured; its answers are looked at last</source>
        <translation>测量完毕；最后检查其答案</translation>
    </message>
    <message>
        <source>waits for its turn</source>
        <translation>等待轮到自己</translation>
    </message>
    <message>
        <source>{done} of {count} measured</source>
        <translation>已测 {done}/{count}</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>now</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>stopped early</source>
        <translation>提前停止</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>could not begin</source>
        <translation>未能开始</translation>
    </message>
    <message>
        <source>not started</source>
        <translation>未开始</translation>
    </message>
</context>
<context>
    <name>QueueView</name>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>Compared in turns</source>
        <translation>轮流对比</translation>
    </message>
    <message>
        <source>Each measures in fresh processes, one after the other, so that what the machine does falls on all alike.</source>
        <translation>各模型轮流在全新进程中测量，机器状态的变化由此均摊到每一个。</translation>
    </message>
</context>
<context>
    <name>Readings</name>
    <message>
        <source>lower is better</source>
        <translation>越低越好</translation>
    </message>
    <message>
        <source>higher is better</source>
        <translation>越高越好</translation>
    </message>
    <message>
        <source>needs n ≥ {count}</source>
        <translation>需要 n ≥ {count}</translation>
    </message>
    <message>
        <source>Typical wait</source>
        <translation>典型等待时间</translation>
    </message>
    <message>
        <source>Slow 1 in 100</source>
        <translation>百次中最慢的一次</translation>
    </message>
    <message>
        <source>Answers per second</source>
        <translation>每秒结果数</translation>
    </message>
    <message>
        <source>throughput, one at a time</source>
        <translation>吞吐量，逐个处理</translation>
    </message>
    <message>
        <source>throughput in batches of {batch}: {rate} samples/s</source>
        <translation>吞吐量，批大小 {batch}：{rate} 样本/秒</translation>
    </message>
    <message>
        <source>/s</source>
        <translation>/秒</translation>
    </message>
    <message>
        <source>Getting ready</source>
        <translation>准备时间</translation>
    </message>
    <message>
        <source>load + first call</source>
        <translation>加载 + 首次推理</translation>
    </message>
    <message>
        <source>Load {load}, first call {first}. Measured once.</source>
        <translation>加载 {load}，首次推理 {first}。只测一次。</translation>
    </message>
    <message>
        <source>Most memory used</source>
        <translation>最高内存占用</translation>
    </message>
    <message>
        <source>peak RSS of the process</source>
        <translation>进程峰值 RSS</translation>
    </message>
    <message>
        <source>peak RSS, {share} by the model</source>
        <translation>峰值 RSS，其中模型占 {share}</translation>
    </message>
    <message>
        <source>The most memory that the measuring process held.</source>
        <translation>测量进程占用过的最高内存。</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>未测得</translation>
    </message>
    <message>
        <source>{percentile}, run too short for an interval</source>
        <translation>{percentile}，时间太短，无法给出区间</translation>
    </message>
    <message>
        <source>{percentile}, processes from {low} to {high}</source>
        <translation>{percentile}，各进程从 {low} 到 {high}</translation>
    </message>
    <message>
        <source>{percentile}, 95 % sure: {low}–{high}</source>
        <translation>{percentile}，95 % 置信：{low}–{high}</translation>
    </message>
    <message>
        <source>From {count} measurements in {processes} processes.</source>
        <translation>来自 {processes} 个进程的 {count} 次测量。</translation>
    </message>
    <message>
        <source>From {count} measurements in one process.</source>
        <translation>来自一个进程中的 {count} 次测量。</translation>
    </message>
</context>
<context>
    <name>RecentRuns</name>
    <message>
        <source>Nothing measured yet.</source>
        <translation>还没有测量。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open the run of {file}</source>
        <translation>打开 {file} 的测量</translation>
    </message>
</context>
<context>
    <name>ResultView</name>
    <message>
        <source>{format} · {runtime} on {device} · batch {batch} · {when}</source>
        <translation>{format} · {runtime}，{device} · 批大小 {batch} · {when}</translation>
    </message>
    <message>
        <source>Run a&amp;gain</source>
        <translation>再测一次(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>Re&amp;port…</source>
        <translation>报告(&amp;P)…</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>负载</translation>
    </message>
    <message>
        <source>Together</source>
        <translation>共存</translation>
    </message>
    <message>
        <source>Tries</source>
        <translation>尝试</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>到达计划</translation>
    </message>
    <message>
        <source>Waits</source>
        <translation>等待时间</translation>
    </message>
    <message>
        <source>In order</source>
        <translation>按顺序</translation>
    </message>
    <message>
        <source>Phases</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Inside</source>
        <translation>内部</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>答案</translation>
    </message>
    <message>
        <source>Processes and machine</source>
        <translation>进程与机器</translation>
    </message>
    <message>
        <source>All numbers</source>
        <translation>所有数字</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Not measured</source>
        <translation>未测得</translation>
    </message>
    <message>
        <source>Charts and tables of this result</source>
        <translation>此结果的图表</translation>
    </message>
    <message>
        <source>All numbers of this result</source>
        <translation>此结果的所有数字</translation>
    </message>
    <message>
        <source>Settings of this run</source>
        <translation>本次测量的设置</translation>
    </message>
    <message>
        <source>What could not be measured, and why</source>
        <translation>未能测得的项目及原因</translation>
    </message>
</context>
<context>
    <name>ResultsPage</name>
    <message>
        <source>Results side by side</source>
        <translation>结果并列</translation>
    </message>
    <message>
        <source>One process each: another start may differ by several percent, so this ranks nothing.</source>
        <translation>每个结果来自一个进程：重新启动后可能相差百分之几，因此这里不作排名。</translation>
    </message>
    <message>
        <source>No result yet. Open a model file and press Start; what it measures is shown here.</source>
        <translation>还没有结果。打开模型文件并点击“开始测量”，测量结果会显示在这里。</translation>
    </message>
</context>
<context>
    <name>RunChips</name>
    <message>
        <source>Runs that are compared</source>
        <translation>参与比较的测量</translation>
    </message>
    <message>
        <source>Double click or Enter opens this run on the results page.</source>
        <translation>双击或按 Enter 在“结果”页打开这次测量。</translation>
    </message>
    <message>
        <source>Take {name} out of the comparison</source>
        <translation>把 {name} 移出比较</translation>
    </message>
</context>
<context>
    <name>RunForm</name>
    <message>
        <source>Seconds of measuring</source>
        <translation>测量秒数</translation>
    </message>
    <message>
        <source>all that may be used</source>
        <translation>全部可用</translation>
    </message>
    <message>
        <source>until the waits are steady</source>
        <translation>直到等待时间稳定</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>E&amp;xactly this long instead:</source>
        <translation>改为固定时长(&amp;X)：</translation>
    </message>
    <message>
        <source>Also time e&amp;very operator, in a slower pass</source>
        <translation>另用一轮较慢的运行逐算子计时(&amp;V)</translation>
    </message>
    <message>
        <source>Measure in turns (fair comparison)</source>
        <translation>轮流测量（公平对比）</translation>
    </message>
    <message>
        <source>The files take turns, each in a fresh process, round after round: when the machine gets warmer or busier, that falls on all of them alike.</source>
        <translation>各文件一轮又一轮地轮流在全新进程中测量：机器变热或变忙时，影响均摊到每一个。</translation>
    </message>
    <message>
        <source>A pass of its own after the measuring: where the time goes inside.</source>
        <translation>在测量之后单独进行一轮：时间花在内部何处。</translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation>选择(&amp;H)…</translation>
    </message>
    <message>
        <source>Choose a file with inputs</source>
        <translation>选择输入数据文件</translation>
    </message>
    <message>
        <source>A search decides by itself how long each try takes, in a process of its own.</source>
        <translation>搜索会自行决定每次尝试测多久，每次尝试用一个新进程。</translation>
    </message>
    <message>
        <source>&amp;Where</source>
        <translation>设备(&amp;W)</translation>
    </message>
    <message>
        <source>R&amp;untime</source>
        <translation>运行时(&amp;U)</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Per &amp;batch</source>
        <translation>每批数量(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Threads</source>
        <translation>线程数(&amp;T)</translation>
    </message>
    <message>
        <source>How &amp;long</source>
        <translation>测量时长(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Fresh processes</source>
        <translation>全新进程(&amp;F)</translation>
    </message>
    <message>
        <source>S&amp;eed of made-up inputs</source>
        <translation>生成输入的种子(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Practice runs (warm-up)</source>
        <translation>热身次数（预热）(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Give up loading after</source>
        <translation>加载超时(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Inputs</source>
        <translation>输入数据(&amp;I)</translation>
    </message>
    <message>
        <source>Pytho&amp;n of the runtime</source>
        <translation>运行时的 Python(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;More</source>
        <translation>更多(&amp;M)</translation>
    </message>
    <message numerus="yes">
        <source>%n for each point</source>
        <translation>
            <numerusform>每个点 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>made up from the seed</source>
        <translation>按种子生成</translation>
    </message>
    <message>
        <source>The one that fits the file</source>
        <translation>自动选择</translation>
    </message>
    <message>
        <source>Every one that opens the file</source>
        <translation>所有能打开该文件的运行时</translation>
    </message>
    <message>
        <source>As in the file</source>
        <translation>与文件相同</translation>
    </message>
    <message>
        <source>A quick look (3 to 10 s)</source>
        <translation>快速了解（3 至 10 秒）</translation>
    </message>
    <message>
        <source>A solid answer (10 s to 1 min)</source>
        <translation>可靠结论（10 秒至 1 分钟）</translation>
    </message>
    <message>
        <source>Rigorous (1 to 10 min)</source>
        <translation>严格测量（1 至 10 分钟）</translation>
    </message>
    <message>
        <source>For power and heat (1 to 5 min)</source>
        <translation>用于功耗与发热（1 至 5 分钟）</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>处理器 (CPU)</translation>
    </message>
    <message>
        <source>Graphics card {number} (CUDA)</source>
        <translation>显卡 {number} (CUDA)</translation>
    </message>
</context>
<context>
    <name>RunOrderStrip</name>
    <message>
        <source>run number</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>wait ({unit})</source>
        <translation>等待时间 ({unit})</translation>
    </message>
    <message>
        <source>Waits in order</source>
        <translation>按顺序的等待时间</translation>
    </message>
    <message>
        <source>Nothing measured yet.</source>
        <translation>还没有测量。</translation>
    </message>
    <message>
        <source>Shaded: {cold} first calls and {warmup} practice runs, not counted.</source>
        <translation>阴影：{cold} 次首次调用和 {warmup} 次热身，不计入。</translation>
    </message>
    <message>
        <source>▲ {count} above the chart, the slowest {slowest} at run {run}.</source>
        <translation>▲ {count} 次超出图表，最慢 {slowest}，序号 {run}。</translation>
    </message>
    <message>
        <source>{count} counted waits, the middle one {middle}, the slowest {slowest}.</source>
        <translation>计入 {count} 次等待，中位 {middle}，最慢 {slowest}。</translation>
    </message>
</context>
<context>
    <name>RunPage</name>
    <message>
        <source>Checking the files…</source>
        <translation>正在检查文件…</translation>
    </message>
    <message>
        <source>Add a model file to begin.</source>
        <translation>请先添加模型文件。</translation>
    </message>
    <message>
        <source>Nothing can be measured yet; the reason stands at the file.</source>
        <translation>暂时无法测量，原因见文件处。</translation>
    </message>
    <message numerus="yes">
        <source>Ready: %n run(s)</source>
        <translation>
            <numerusform>准备就绪：%n 次测量</numerusform>
        </translation>
    </message>
    <message>
        <source>Close other programs for a quiet machine.</source>
        <translation>请关闭其他程序，让电脑保持空闲。</translation>
    </message>
    <message>
        <source>Nothing can be measured yet; the reason stands at the question.</source>
        <translation>暂时无法测量，原因见“问题”处。</translation>
    </message>
    <message>
        <source>Nothing can be measured yet; the reason stands at the Python.</source>
        <translation>尚无法测量；原因见所选的 Python。</translation>
    </message>
    <message>
        <source>Nothing can be measured yet; the reason stands at the answers.</source>
        <translation>暂时无法测量；原因写在“答案”一栏。</translation>
    </message>
    <message>
        <source>Nothing can be measured yet; the reason stands at the input.</source>
        <translation>现在还不能测量；原因写在输入旁。</translation>
    </message>
    <message numerus="yes">
        <source>{time} of measuring; each of %n process(es) gets ready first.</source>
        <translation>
            <numerusform>测量 {time}；%n 个进程各自先做准备。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{time} of measuring in turns; each of %n process(es) gets ready first.</source>
        <translation>
            <numerusform>轮流测量 {time}；%n 个进程各自先做准备。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> %n file(s) left out.</source>
        <translation>
            <numerusform>有 %n 个文件不参与。</numerusform>
        </translation>
    </message>
    <message>
        <source>1  Models</source>
        <translation>1  模型</translation>
    </message>
    <message>
        <source>2  How to measure</source>
        <translation>2  如何测量</translation>
    </message>
    <message>
        <source>&amp;Add files…</source>
        <translation>添加文件(&amp;A)…</translation>
    </message>
    <message>
        <source>Smaller variants…</source>
        <translation>生成更小的变体…</translation>
    </message>
    <message>
        <source>Drop model files here, or press “Add files”.</source>
        <translation>将模型文件拖到这里，或点击“添加文件”。</translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation>开始测量(&amp;S)</translation>
    </message>
</context>
<context>
    <name>ScheduleTab</name>
    <message>
        <source>Response time against service time</source>
        <translation>响应时间与服务时间对比</translation>
    </message>
    <message>
        <source>Response counts from when a request was due, service from when it was begun: what lies between is waiting.</source>
        <translation>响应时间从请求应到达时算起，服务时间从开始处理时算起：两者之差就是排队等待。</translation>
    </message>
    <message>
        <source>response</source>
        <translation>响应</translation>
    </message>
    <message>
        <source>service</source>
        <translation>服务</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>测量计划</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Input “{name}”</source>
        <translation>输入“{name}”</translation>
    </message>
    <message>
        <source>Output “{name}”</source>
        <translation>输出“{name}”</translation>
    </message>
    <message>
        <source>{low} s to {high} s</source>
        <translation>{low} 秒至 {high} 秒</translation>
    </message>
    <message>
        <source>Runtime</source>
        <translation>运行时</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Scenario</source>
        <translation>场景</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Concurrency</source>
        <translation>并发</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程数</translation>
    </message>
    <message>
        <source>World size</source>
        <translation>进程组规模</translation>
    </message>
    <message>
        <source>Precision asked for</source>
        <translation>要求的精度</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Time to measure</source>
        <translation>测量时长</translation>
    </message>
    <message>
        <source>Practice runs</source>
        <translation>热身次数</translation>
    </message>
    <message>
        <source>Distinct inputs</source>
        <translation>不同输入数</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>as in the file</source>
        <translation>与文件一致</translation>
    </message>
    <message>
        <source>{version}, an interpreter of your choice</source>
        <translation>{version}，您指定的解释器</translation>
    </message>
    <message>
        <source>{count} operators</source>
        <translation>{count} 个算子</translation>
    </message>
    <message>
        <source>Version of the runtime</source>
        <translation>运行时版本</translation>
    </message>
    <message>
        <source>Precision that ran</source>
        <translation>实际精度</translation>
    </message>
    <message>
        <source>Ran on {provider}</source>
        <translation>运行于 {provider}</translation>
    </message>
    <message>
        <source>Operating system</source>
        <translation>操作系统</translation>
    </message>
    <message>
        <source>Driver</source>
        <translation>驱动</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>测量时间</translation>
    </message>
</context>
<context>
    <name>SettingsBeside</name>
    <message>
        <source>&amp;Only differences</source>
        <translation>仅不同之处(&amp;O)</translation>
    </message>
    <message>
        <source>Figures and settings side by side</source>
        <translation>指标与设置并排对照</translation>
    </message>
    <message>
        <source>No row differs.</source>
        <translation>各行均相同。</translation>
    </message>
</context>
<context>
    <name>ShapeRows</name>
    <message>
        <source>Whole numbers of at least 1, with commas between.</source>
        <translation>不小于 1 的整数，用逗号分隔。</translation>
    </message>
    <message>
        <source>A guess: give the size that you will run.</source>
        <translation>这是猜测：请给出实际运行时的大小。</translation>
    </message>
    <message>
        <source>Size of “{name}”</source>
        <translation>“{name}”的大小</translation>
    </message>
    <message>
        <source>Several are gone through one after another: 128, 256, 512</source>
        <translation>可以给出多个，依次测量：128, 256, 512</translation>
    </message>
    <message>
        <source>Shape of “{name}”</source>
        <translation>“{name}”的形状</translation>
    </message>
    <message>
        <source>for example 1×3×224×224</source>
        <translation>例如 1×3×224×224</translation>
    </message>
</context>
<context>
    <name>ShareCurves</name>
    <message>
        <source>{name}: {share} within {wait}</source>
        <translation>{name}：{share} 在 {wait} 以内</translation>
    </message>
    <message>
        <source>wait ({unit}), log scale</source>
        <translation>等待时间 ({unit})，对数刻度</translation>
    </message>
    <message>
        <source>share of answers within</source>
        <translation>在此时间内的比例</translation>
    </message>
    <message>
        <source>Further left is quicker. Click a curve, or use the arrow keys.</source>
        <translation>越靠左越快。点击曲线，或用方向键选择。</translation>
    </message>
    <message>
        <source>◯ Curves that pass to the left of it keep the limit.</source>
        <translation>◯ 从它左边经过的曲线满足上限。</translation>
    </message>
    <message>
        <source>Share of answers within each wait</source>
        <translation>各等待时间以内的结果比例</translation>
    </message>
    <message>
        <source>Outside of the picture: {limits}.</source>
        <translation>超出图外：{limits}。</translation>
    </message>
</context>
<context>
    <name>SharesTab</name>
    <message>
        <source>run</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>answers</source>
        <translation>结果数</translation>
    </message>
    <message>
        <source>Shares as a table</source>
        <translation>比例表</translation>
    </message>
    <message>
        <source>There are no single waits to draw: none were measured, or none were kept.</source>
        <translation>没有可画的单次等待时间：没有测到，或没有保留。</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>How fast is your model here?</source>
        <translation>您的模型在这台电脑上有多快？</translation>
    </message>
    <message>
        <source>&amp;Choose files…</source>
        <translation>选择文件(&amp;C)…</translation>
    </message>
    <message>
        <source>How sure do you want to be?</source>
        <translation>您想要多大把握？</translation>
    </message>
    <message>
        <source>Last runs</source>
        <translation>最近的测量</translation>
    </message>
    <message>
        <source>Try the &amp;demo</source>
        <translation>试试演示(&amp;D)</translation>
    </message>
    <message>
        <source>Give it one exported model, and read how long an answer takes on this machine, and why. Give it several exports, and read which one to ship.</source>
        <translation>给它一个导出的模型，就能看到在这台机器上得到一次结果要多久以及原因；给它多个导出版本，就能看到该用哪一个。</translation>
    </message>
    <message>
        <source>Drop one model file here, or several to compare</source>
        <translation>将一个模型文件拖到这里，或拖入多个进行比较</translation>
    </message>
    <message>
        <source>ONNX, PyTorch (.pt, .pth, .ts, .pt2), OpenVINO (.xml), TensorFlow Lite and TensorRT. Files are recognised by their content.</source>
        <translation>ONNX、PyTorch（.pt、.pth、.ts、.pt2）、OpenVINO（.xml）、TensorFlow Lite 和 TensorRT。按内容识别文件。</translation>
    </message>
    <message>
        <source>No model at hand? The demo measures five exports of a small digit classifier, checks their answers, and names the one to ship, in under a minute.</source>
        <translation>手边没有模型？演示会测量一个小型手写数字分类器的五个导出版本，检查结果是否正确，并指出该用哪一个，用时不到一分钟。</translation>
    </message>
    <message>
        <source>A &amp;quick look</source>
        <translation>快速了解(&amp;Q)</translation>
    </message>
    <message>
        <source>How long one answer takes, roughly. 3 to 10 s.</source>
        <translation>大致了解一个结果要多久。3 至 10 秒。</translation>
    </message>
    <message>
        <source>A &amp;solid answer</source>
        <translation>可靠结论(&amp;S)</translation>
    </message>
    <message>
        <source>Until the typical wait is known to 1 %. 10 s to 1 min.</source>
        <translation>测到典型等待时间精确到 1 % 为止。10 秒至 1 分钟。</translation>
    </message>
    <message>
        <source>&amp;Rigorous</source>
        <translation>严格测量(&amp;R)</translation>
    </message>
    <message>
        <source>To 0.5 %, slowest answers included, for numbers to pass on. 1 to 10 min.</source>
        <translation>精确到 0.5 %，包括最慢的结果，适合对外引用。1 至 10 分钟。</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Looking at the machine…</source>
        <translation>正在查看本机…</translation>
    </message>
    <message>
        <source>unknown processor</source>
        <translation>未知处理器</translation>
    </message>
    <message>
        <source>{count} usable cores</source>
        <translation>{count} 个可用核心</translation>
    </message>
    <message>
        <source>no NVIDIA GPU</source>
        <translation>没有 NVIDIA GPU</translation>
    </message>
    <message>
        <source>Looking for runtimes…</source>
        <translation>正在查找运行时…</translation>
    </message>
    <message>
        <source>{title} is missing</source>
        <translation>缺少 {title}</translation>
    </message>
    <message>
        <source>Fonts: fine</source>
        <translation>字体：正常</translation>
    </message>
</context>
<context>
    <name>TaskBox</name>
    <message>
        <source>&amp;Question</source>
        <translation>问题(&amp;Q)</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Batch si&amp;zes</source>
        <translation>批大小(&amp;Z)</translation>
    </message>
    <message>
        <source>Requests at &amp;once</source>
        <translation>并发请求数(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Rate</source>
        <translation>请求率(&amp;R)</translation>
    </message>
    <message>
        <source>Requests a secon&amp;d</source>
        <translation>每秒请求数(&amp;D)</translation>
    </message>
    <message>
        <source>Pro&amp;cesses (world size)</source>
        <translation>进程数(&amp;C)</translation>
    </message>
    <message>
        <source>Limit to &amp;keep</source>
        <translation>须满足的上限(&amp;K)</translation>
    </message>
    <message>
        <source>{way} The answer: {answer}.</source>
        <translation>{way}得到：{answer}。</translation>
    </message>
    <message numerus="yes">
        <source>About {time} for each file, in about %n fresh process(es).</source>
        <translation>
            <numerusform>每个文件约 {time}，约 %n 个全新进程。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{time} for each file, in %n fresh process(es).</source>
        <translation>
            <numerusform>每个文件 {time}，%n 个全新进程。</numerusform>
        </translation>
    </message>
    <message>
        <source>Samples per quer&amp;y</source>
        <translation>每个查询的样本数(&amp;Y)</translation>
    </message>
</context>
<context>
    <name>TaskFields</name>
    <message>
        <source>find the highest that keeps the limit</source>
        <translation>找出满足上限的最高速率</translation>
    </message>
</context>
<context>
    <name>TaskNotes</name>
    <message>
        <source>{share} of 100 answers are to come within {time}.</source>
        <translation>100 次回答中应有 {share} 次不超过 {time}。</translation>
    </message>
    <message>
        <source>This needs at least two files that can run.</source>
        <translation>至少需要两个可以运行的文件。</translation>
    </message>
    <message>
        <source>For this, choose one runtime.</source>
        <translation>此问题请指定一个运行时。</translation>
    </message>
    <message>
        <source>List whole numbers from 1 to {most}, such as 1, 2, 4.</source>
        <translation>请列出 1 到 {most} 的整数，例如 1, 2, 4。</translation>
    </message>
    <message>
        <source>List rates above 0, such as 50, 100, 200.</source>
        <translation>请列出大于 0 的速率，例如 50, 100, 200。</translation>
    </message>
    <message>
        <source>The highest rate needs a limit to keep.</source>
        <translation>要找最高速率，须先给出上限。</translation>
    </message>
    <message>
        <source>In batches of {batch} a query becomes {total} samples.</source>
        <translation>按每批 {batch} 个，一次查询会变成 {total} 个样本。</translation>
    </message>
    <message>
        <source>Graphics cards: {count}. The processes share one.</source>
        <translation>显卡数：{count}。各进程共用一块。</translation>
    </message>
    <message>
        <source>Cores to use: {count}. The processes share them.</source>
        <translation>可用核心数：{count}。各进程共用这些核心。</translation>
    </message>
</context>
<context>
    <name>TaskWords</name>
    <message>
        <source>How long does one answer take?</source>
        <translation>一次回答要多久？</translation>
    </message>
    <message>
        <source>How does it behave under rising load?</source>
        <translation>负载上升时表现如何？</translation>
    </message>
    <message>
        <source>How many answers per second at most?</source>
        <translation>每秒最多能回答多少次？</translation>
    </message>
    <message>
        <source>What if requests come at random?</source>
        <translation>请求随机到来时会怎样？</translation>
    </message>
    <message>
        <source>How long do several samples at once take?</source>
        <translation>一次查询多个样本要多久？</translation>
    </message>
    <message>
        <source>How much do several processes do?</source>
        <translation>多个进程一起能做多少？</translation>
    </message>
    <message>
        <source>How do several models live together?</source>
        <translation>多个模型共处时如何？</translation>
    </message>
    <message>
        <source>How large a batch fits into memory?</source>
        <translation>内存能容下多大的批？</translation>
    </message>
    <message>
        <source>the highest rate that keeps the limit</source>
        <translation>满足上限的最高速率</translation>
    </message>
    <message>
        <source>typical wait (P50)</source>
        <translation>典型等待时间（P50）</translation>
    </message>
    <message>
        <source>wait and throughput, and the knee</source>
        <translation>各负载下的等待与吞吐量，以及拐点</translation>
    </message>
    <message>
        <source>samples per second, by batch</source>
        <translation>各批大小下的每秒样本数</translation>
    </message>
    <message>
        <source>slow 1 in 100 (P99) at a rate</source>
        <translation>某一速率下百次中最慢的一次（P99）</translation>
    </message>
    <message>
        <source>wait for the last sample of a query (P99)</source>
        <translation>一次查询等到最后一个样本的时间（P99）</translation>
    </message>
    <message>
        <source>samples per second of all together</source>
        <translation>所有进程合计的每秒样本数</translation>
    </message>
    <message>
        <source>wait alone, beside idle, beside busy models</source>
        <translation>单独、旁有空闲模型、旁有忙碌模型时的等待</translation>
    </message>
    <message>
        <source>the largest batch, and what it takes</source>
        <translation>最大的批及其占用</translation>
    </message>
    <message>
        <source>One request after another (SingleStream).</source>
        <translation>请求一个接一个发出（SingleStream）。</translation>
    </message>
    <message>
        <source>Ever more requests under way at once (concurrency).</source>
        <translation>同时进行的请求越来越多（并发）。</translation>
    </message>
    <message>
        <source>All samples are there at once and are taken in batches (Offline).</source>
        <translation>所有样本一开始就在，按批取用（Offline）。</translation>
    </message>
    <message>
        <source>Requests arrive as from many users, whatever the model does (Server).</source>
        <translation>请求如同来自众多用户，不等模型（Server）。</translation>
    </message>
    <message>
        <source>Each query holds several samples (MultiStream).</source>
        <translation>每次查询含多个样本（MultiStream）。</translation>
    </message>
    <message>
        <source>Several processes at once, each with its share of the machine (world size).</source>
        <translation>多个进程同时运行，各占机器的一份（world size）。</translation>
    </message>
    <message>
        <source>All files are in memory at once, as on a small server.</source>
        <translation>所有文件同时在内存中，如同小服务器。</translation>
    </message>
    <message>
        <source>Ever larger batches, each in a fresh process, until memory runs out.</source>
        <translation>批越来越大，每次都用新的进程，直到内存不足。</translation>
    </message>
</context>
<context>
    <name>TimeWords</name>
    <message>
        <source>{n} min</source>
        <translation>{n} 分钟</translation>
    </message>
    <message>
        <source>{n} h</source>
        <translation>{n} 小时</translation>
    </message>
    <message>
        <source>{least} to {most}</source>
        <translation>{least} 至 {most}</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} 秒</translation>
    </message>
</context>
<context>
    <name>Together</name>
    <message>
        <source>Memory of the models that live together</source>
        <translation>共存模型的内存</translation>
    </message>
    <message>
        <source>One answer, by what the others do</source>
        <translation>一次结果的耗时，按其他模型的状态</translation>
    </message>
    <message>
        <source>in use otherwise</source>
        <translation>其他占用</translation>
    </message>
    <message>
        <source>free</source>
        <translation>空闲</translation>
    </message>
</context>
<context>
    <name>ToleranceDialog</name>
    <message>
        <source>How far answers may be apart</source>
        <translation>答案允许相差多少</translation>
    </message>
    <message>
        <source>Answers agree with the reference&apos;s if none of these is broken. The coarser precision of the two models decides which row holds. The largest difference is a share of the largest value. Double-click a figure to change it; bold ones are your own.</source>
        <translation>以下各项都不超出时，即认为答案与基准一致。取两个模型中较低的精度所在的一行。最大差异是相对于最大值的比例。双击数字即可修改；粗体为您自己的设定。</translation>
    </message>
    <message>
        <source>Tolerances by precision</source>
        <translation>各精度的容差</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>恢复默认</translation>
    </message>
</context>
<context>
    <name>ToleranceModel</name>
    <message>
        <source>precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>largest difference</source>
        <translation>最大差异</translation>
    </message>
    <message>
        <source>cosine at least</source>
        <translation>余弦至少</translation>
    </message>
    <message>
        <source>signal to noise at least</source>
        <translation>信噪比至少</translation>
    </message>
    <message>
        <source>same class at least</source>
        <translation>类别相同至少</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
</context>
<context>
    <name>TradeoffScatter</name>
    <message>
        <source>{name}: {wait}, {other}</source>
        <translation>{name}：{wait}，{other}</translation>
    </message>
    <message>
        <source>another is better in both</source>
        <translation>另有一个在两方面都更好</translation>
    </message>
    <message>
        <source>nothing beats it in both</source>
        <translation>没有在两方面都更好的</translation>
    </message>
    <message>
        <source>, log scale</source>
        <translation>，对数刻度</translation>
    </message>
    <message>
        <source>typical wait, P50 ({unit})</source>
        <translation>典型等待时间，P50 ({unit})</translation>
    </message>
    <message>
        <source>Lower left is best. Hollow: another run is better in both.</source>
        <translation>越靠左下越好。空心：另有一个在两方面都更好。</translation>
    </message>
    <message>
        <source>Typical wait against {other}</source>
        <translation>典型等待时间与{other}</translation>
    </message>
    <message>
        <source>Outside of the picture: {limits}.</source>
        <translation>超出图外：{limits}。</translation>
    </message>
</context>
<context>
    <name>TradeoffTab</name>
    <message>
        <source>run</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>best trade-off</source>
        <translation>是否最佳折中</translation>
    </message>
    <message>
        <source>A&amp;gainst</source>
        <translation>对照(&amp;G)</translation>
    </message>
    <message>
        <source>What the wait stands against</source>
        <translation>与等待时间对照的指标</translation>
    </message>
    <message>
        <source>Trade-offs as a table</source>
        <translation>折中表</translation>
    </message>
    <message>
        <source>No run has a wait and one of: accuracy loss, size, memory, energy.</source>
        <translation>没有一次测量同时具有等待时间，以及准确率损失、大小、内存、能耗之一。</translation>
    </message>
</context>
<context>
    <name>VariantsDialog</name>
    <message>
        <source>Waiting until the measurement is over…</source>
        <translation>等待测量结束…</translation>
    </message>
    <message>
        <source>Looking at the model…</source>
        <translation>正在查看模型…</translation>
    </message>
    <message>
        <source>Stopped; nothing was left in the folder.</source>
        <translation>已停止；文件夹中没有留下任何文件。</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Smaller variants</source>
        <translation>更小的变体</translation>
    </message>
    <message>
        <source>The tools of the model&apos;s own format make smaller copies of it. Whether they are faster here, and still right, is measured beside the original, which is never changed.</source>
        <translation>用模型自身格式的工具生成更小的副本。它们在这里是否更快、答案是否仍然正确，会与原模型一起测量；原模型不会被改动。</translation>
    </message>
    <message>
        <source>Of the model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Kinds</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>Into the folder</source>
        <translation>存入文件夹</translation>
    </message>
    <message>
        <source>Calibrated with</source>
        <translation>校准数据</translation>
    </message>
    <message>
        <source>a folder of yours</source>
        <translation>您的一个文件夹</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Choose a folder for the variants</source>
        <translation>选择存放变体的文件夹</translation>
    </message>
    <message>
        <source>Typical inputs, for 8-bit ranges set beforehand. Without them made-up ones are used, which costs accuracy.</source>
        <translation>典型输入，用于预先确定 8 位范围。没有时使用编造的输入，会损失准确率。</translation>
    </message>
    <message>
        <source>Then measure them beside the original</source>
        <translation>随后与原模型一起测量</translation>
    </message>
    <message>
        <source>Progress of making variants</source>
        <translation>生成变体的进度</translation>
    </message>
    <message>
        <source>&amp;Make</source>
        <translation>生成(&amp;M)</translation>
    </message>
</context>
<context>
    <name>VerdictLine</name>
    <message>
        <source>&amp;Why?</source>
        <translation>为什么？(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Why? ({count})</source>
        <translation>为什么？(&amp;W)（{count}）</translation>
    </message>
    <message>
        <source>stopped early: this is what was measured until then</source>
        <translation>提前停止：以下为停止前测得的数据</translation>
    </message>
    <message>
        <source>cut off: this is what was measured until then</source>
        <translation>中断：以下为中断前测得的数据</translation>
    </message>
    <message numerus="yes">
        <source>{count} measurement(s)</source>
        <translation>
            <numerusform>{count} 次测量</numerusform>
        </translation>
    </message>
    <message>
        <source>{count} measurements in {processes} processes</source>
        <translation>{processes} 个进程共 {count} 次测量</translation>
    </message>
    <message>
        <source>Trusted</source>
        <translation>可信</translation>
    </message>
    <message>
        <source>Read with caution</source>
        <translation>请谨慎解读</translation>
    </message>
    <message>
        <source>Not to be relied on</source>
        <translation>不可作为依据</translation>
    </message>
    <message>
        <source>steady</source>
        <translation>稳定</translation>
    </message>
    <message>
        <source>drifting</source>
        <translation>有漂移</translation>
    </message>
    <message>
        <source>disturbed</source>
        <translation>受到干扰</translation>
    </message>
    <message>
        <source>slowed down by heat or power</source>
        <translation>因过热或功耗限制而降速</translation>
    </message>
    <message>
        <source>two groups of waits</source>
        <translation>等待时间分为两组</translation>
    </message>
    <message>
        <source>practice did not settle</source>
        <translation>热身未稳定</translation>
    </message>
    <message>
        <source>too few to tell whether steady</source>
        <translation>次数太少，无法判断是否稳定</translation>
    </message>
    <message>
        <source>The run was steady, long enough, and nothing was seen that would put the numbers in doubt.</source>
        <translation>本次测量稳定且时间足够，没有发现会让数字存疑的情况。</translation>
    </message>
</context>
<context>
    <name>WaitChart</name>
    <message>
        <source>wait ({unit}), log scale</source>
        <translation>等待时间 ({unit})，对数刻度</translation>
    </message>
    <message>
        <source>share of calls</source>
        <translation>调用占比</translation>
    </message>
    <message>
        <source>calls</source>
        <translation>调用次数</translation>
    </message>
    <message>
        <source>Share of calls below each wait</source>
        <translation>低于各等待时间的调用占比</translation>
    </message>
    <message>
        <source>Histogram of waits</source>
        <translation>等待时间直方图</translation>
    </message>
    <message>
        <source>{count} counted waits. {marks}</source>
        <translation>计入 {count} 次等待。{marks}</translation>
    </message>
    <message>
        <source>▶ {count} beyond the chart, the slowest {slowest}.</source>
        <translation>▶ {count} 次超出图表，最慢 {slowest}。</translation>
    </message>
</context>
<context>
    <name>WaitsTab</name>
    <message>
        <source>share of calls</source>
        <translation>调用占比</translation>
    </message>
    <message>
        <source>took at most</source>
        <translation>至多用时</translation>
    </message>
    <message>
        <source>from</source>
        <translation>从</translation>
    </message>
    <message>
        <source>to</source>
        <translation>到</translation>
    </message>
    <message>
        <source>calls</source>
        <translation>调用次数</translation>
    </message>
    <message>
        <source>share</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>&amp;Bars</source>
        <translation>柱状(&amp;B)</translation>
    </message>
    <message>
        <source>Share &amp;below</source>
        <translation>累计占比(&amp;L)</translation>
    </message>
    <message>
        <source>Waits as a table</source>
        <translation>等待时间表</translation>
    </message>
    <message>
        <source>There are no single waits to draw: none were measured, or none were kept.</source>
        <translation>没有可绘制的单次等待时间：未测得，或未保留。</translation>
    </message>
    <message>
        <source>99 of 100 answers came within {wait}.</source>
        <translation>100 个结果中有 99 个在 {wait} 内得出。</translation>
    </message>
</context>
<context>
    <name>Waterfall</name>
    <message>
        <source>Phases one after another</source>
        <translation>依次进行的各阶段</translation>
    </message>
</context>
</TS>

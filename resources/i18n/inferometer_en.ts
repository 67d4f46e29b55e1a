<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ComparePage</name>
    <message numerus="yes">
        <source>Compare %n run(s)</source>
        <translation>
            <numerusform>Compare %n run</numerusform>
            <numerusform>Compare %n runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OperatorRows</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n row</numerusform>
            <numerusform>%n rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunForm</name>
    <message numerus="yes">
        <source>%n for each point</source>
        <translation>
            <numerusform>%n for each point</numerusform>
            <numerusform>%n for each point</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunPage</name>
    <message numerus="yes">
        <source>Ready: %n run(s)</source>
        <translation>
            <numerusform>Ready: %n run</numerusform>
            <numerusform>Ready: %n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{time} of measuring; each of %n process(es) gets ready first.</source>
        <translation>
            <numerusform>{time} of measuring; %n process gets ready first.</numerusform>
            <numerusform>{time} of measuring; each of %n processes gets ready first.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{time} of measuring in turns; each of %n process(es) gets ready first.</source>
        <translation>
            <numerusform>{time} of measuring in turns; %n process gets ready first.</numerusform>
            <numerusform>{time} of measuring in turns; each of %n processes gets ready first.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> %n file(s) left out.</source>
        <translation>
            <numerusform> %n file is left out.</numerusform>
            <numerusform> %n files are left out.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TaskBox</name>
    <message numerus="yes">
        <source>About {time} for each file, in about %n fresh process(es).</source>
        <translation>
            <numerusform>About {time} for each file, in about %n fresh process.</numerusform>
            <numerusform>About {time} for each file, in about %n fresh processes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{time} for each file, in %n fresh process(es).</source>
        <translation>
            <numerusform>{time} for each file, in %n fresh process.</numerusform>
            <numerusform>{time} for each file, in %n fresh processes.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>VerdictLine</name>
    <message numerus="yes">
        <source>{count} measurement(s)</source>
        <translation>
            <numerusform>{count} measurement</numerusform>
            <numerusform>{count} measurements</numerusform>
        </translation>
    </message>
</context>
</TS>

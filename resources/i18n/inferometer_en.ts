<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
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
        <source> %n file(s) left out.</source>
        <translation>
            <numerusform> %n file is left out.</numerusform>
            <numerusform> %n files are left out.</numerusform>
        </translation>
    </message>
</context>
</TS>

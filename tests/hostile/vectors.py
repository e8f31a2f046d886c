"""Attempts to make a page run, read, reach out or change what it may not, by the class of the way in.

Each attempt that could run tells so by calling ``ran()``, which nothing defines: a browser that runs it reports an error,
and a listener of the test sees it. Addresses of other hosts end in ``.invalid``, which no network knows.
"""

from __future__ import annotations

from itertools import chain

RUN = "ran(1)"
ELEMENTS = [
    f"<script>{RUN}</script>",
    f"<ScRiPt >{RUN}</ScRiPt >",
    f"<script\n>{RUN}</script\n>",
    f"<script/x>{RUN}</script>",
    "<script src=//other.invalid/a.js></script>",
    "<script src=data:text/javascript,ran(1)></script>",
    f"<<script>{RUN}//<</script>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"</title><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"--><script>{RUN}</script><!--",
    f"]]><script>{RUN}</script>",
    "<iframe src=javascript:ran(1)></iframe>",
    f'<iframe srcdoc="&lt;script>{RUN}&lt;/script>"></iframe>',
    "<object data=javascript:ran(1)></object>",
    "<embed src=javascript:ran(1)>",
    "<base href=https://other.invalid/>",
    "<meta http-equiv=refresh content='0;url=https://other.invalid'>",
    "<link rel=stylesheet href=https://other.invalid/a.css>",
    "<style>@import url(https://other.invalid/a.css);</style>",
    "<form action=javascript:ran(1)><button>x</button></form>",
    "<isindex action=javascript:ran(1) type=image>",
    "<template shadowrootmode=open><script>ran(1)</script></template>",
    f'<noscript><p title="</noscript><img src=x onerror={RUN}>">',
]
HANDLERS = [
    f"<img src=x onerror={RUN}>",
    f"<img src=x onerror\t=\n'{RUN}'>",
    f"<img/src=x/onerror={RUN}>",
    f'<img """><img src=x onerror={RUN}>">',
    f"<img src=`x` onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg/onload={RUN}//",
    f"<body onload={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}></audio>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<p onanimationstart={RUN} style='animation:x'>x</p>",
    f"<x tabindex=1 onfocus={RUN} autofocus>x</x>",
    f"<a onmouseover={RUN}>x</a>",
    "<img src=x oneRRor=&#114;an(1)>",
    f"<div\x0conclick={RUN}>x</div>",
]
FOREIGN = [
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><script xlink:href=data:,{RUN}></script></svg>",
    "<svg><a xlink:href=javascript:ran(1)><text y=9>x</text></a></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x></svg>",
    "<svg><set attributeName=href to=javascript:ran(1)></set></svg>",
    f"<svg><foreignObject><img src=x onerror={RUN}></foreignObject></svg>",
    f"<math><mtext><img src=x onerror={RUN}></mtext></math>",
    "<math href=javascript:ran(1)>x</math>",
    "<math><maction actiontype=statusline xlink:href=javascript:ran(1)>x</maction></math>",
    f'<svg></p><style><a id="</style><img src=x onerror={RUN}>">',
]
ADDRESSES = [
    "javascript:ran(1)",
    "JaVaScRiPt:ran(1)",
    "java\tscript:ran(1)",
    "java&#10;script:ran(1)",
    "&#106;avascript:ran(1)",
    "&#x6A;avascript&colon;ran(1)",
    "javascript&#58;ran(1)",
    "javascript&Tab;:ran(1)",
    "\x01javascript:ran(1)",
    "javascript://%0aran(1)",
    "javascript://other.invalid/%0aran(1)",
    "javascript:%72an(1)",
    "vbscript:ran(1)",
    "data:text/html,<script>ran(1)</script>",
    "data:image/svg+xml,<svg onload=ran(1)>",
    "blob:https://other.invalid/x",
    "filesystem:https://other.invalid/x",
    "view-source:javascript:ran(1)",
    "feed:javascript:ran(1)",
    "jar:https://other.invalid!/x",
    "file:///etc/passwd",
    "livescript:ran(1)",
]
ENDS = [
    '"><script>ran(1)</script>',
    "'><script>ran(1)</script>",
    '" onfocus="ran(1)" autofocus="',
    "' onfocus='ran(1)' autofocus='",
    "</script><script>ran(1)</script>",
    "</style><script>ran(1)</script>",
    "<!--<script>",
    "{{ 7*7 }}{% raw %}{{ env }}",
    "{{constructor.constructor('ran(1)')()}}",
    "${ran(1)}",
    "`+ran(1)+`",
    "\\u003cscript\\u003eran(1)\\u003c/script\\u003e",
    "\u2028ran(1)//",
    "';ran(1);//",
    '#eval("ran(1)") #read("/etc/passwd")',
    "\\input{/etc/passwd}\\write18{id}",
    '=HYPERLINK("https://other.invalid")',
    "<a href=javascript:ran(1)>x</a>",
]


def in_prose() -> list[str]:
    """Return Markdown of every kind that carries an attempt."""
    markup = [*ELEMENTS, *HANDLERS, *FOREIGN]
    address = [
        wrap.format(a)
        for a in ADDRESSES
        for wrap in ("[x](<{}>)", "[x][r]\n\n[r]: <{}>", "<{}>", "![x](<{}>)", "[![x](a.png)](<{}>)", "{{download}}`x <{}>`",
                     "```{{toctree}}\nx <{}>\n```", "```{{button-link}} {}\n```", "````{{card}}\n:link: {}\nx\n````",
                     "```{{eval-rst}}\n`x <{}>`__\n```", "```{{figure}} a.png\n:target: {}\n```", "```{{image}} {}\n```",
                     "{{ref}}`x <{}>`", "{{doc}}`x <{}>`", "{{any}}`x <{}>`", "```{{article-info}}\n:avatar: a.png\n:avatar-link: {}\n```")
        if not ("\n" in a or "\t" in a) or wrap.startswith("[x](")
    ]  # fmt: skip
    attributes = [
        "[x](https://example.org){onclick=ran(1) style='x'}", "[x]{onclick=ran(1)}", "![x](a.png){onerror=ran(1)}",
        "{onclick=ran(1) #id .class}\nA paragraph.", "`x`{onfocus=ran(1)}", "[x](https://example.org '\" onclick=\"ran(1)')",
        "[x](https://example.org \"'><script>ran(1)</script>\")", '![" onerror=ran(1) x="](a.png)',
        '```{note}\n:class: x" onclick="ran(1)\n:name: y" onclick="ran(1)\n\nz\n```',
        "```{figure} a.png\n:alt: \" onerror=\"ran(1)\n:width: 1\" onload=\"ran(1)\n:figclass: '><script>ran(1)</script>\n```",
        '```{list-table}\n:widths: 1 1\n:class: "><script>ran(1)</script>\n\n* - x\n  - y\n```',
        '```{code-block} python\n:caption: <script>ran(1)</script>\n:name: "><script>ran(1)</script>\n\nx\n```',
        '```{code-block} "><script>ran(1)</script>\nx\n```', '(x"><script>ran(1)</script>)=\n## Title',
        '{octicon}`alert;1em" onload="ran(1)`', '{fas}`x" onclick="ran(1)`', '{material-regular}`x;1em" onload="ran(1)`',
        '{abbr}`x (" onclick="ran(1))`', "{kbd}`<script>ran(1)</script>`", "{math}`<script>ran(1)</script>`",
        "{math}`\\text{<script>ran(1)</script>}`", "{math}`\\href{javascript:ran(1)}{x}`", "[^1]\n\n[^1]: <script>ran(1)</script>",
        "Term\n: <script>ran(1)</script>", ":field: <script>ran(1)</script>", "- [ ] <script>ran(1)</script>",
        "```{admonition} <script>ran(1)</script>\nx\n```", "```{dropdown} <script>ran(1)</script>\nx\n```",
        "````{tab-set}\n```{tab-item} <script>ran(1)</script>\nx\n```\n````", "```{glossary}\n<script>ran(1)</script>\n  x\n```",
        "```{index} <script>ran(1)</script>\n```", "```{only} html\n<script>ran(1)</script>\n```",
        "```{parsed-literal}\n<script>ran(1)</script>\n```", "```{rubric} <script>ran(1)</script>\n```",
        '```{py:function} x("<script>ran(1)</script>")\n```', "```{versionadded} <script>ran(1)</script>\n```",
        "```{eval-rst}\n.. |x| raw:: html\n\n   <script>ran(1)</script>\n\n|x|\n```",
        "```{eval-rst}\n.. default-role:: raw\n\n`<script>ran(1)</script>`\n```",
        '```{eval-rst}\n.. meta::\n   :description: "><script>ran(1)</script>\n```',
        "```{eval-rst}\n.. meta::\n   :http-equiv=refresh: 0;url=javascript:ran(1)\n```",
        "```{eval-rst}\n.. image:: a.png\n   :target: javascript:ran(1)\n```",
        "```{eval-rst}\n.. _x: javascript:ran(1)\n\nx_\n```", "```{eval-rst}\n.. title:: </title><script>ran(1)</script>\n```",
        '```{eval-rst}\n.. container:: x" onclick="ran(1)\n\n   y\n```',
        '```{pem-badge} "><script>ran(1)</script>\n```', "```{cite-block} <script>ran(1)</script>\n```",
        "{cite}`<script>ran(1)</script>`", "{evidence}`<script>ran(1)</script>`",
        '```{evidence-table}\n:topic: "><script>ran(1)</script>\n:columns: <script>ran(1)</script>\n```',
        "```{bibliography}\n:filter: __import__('os').system('id')\n```",
        "```{contents} <script>ran(1)</script>\n```", "# <script>ran(1)</script>", "## x {#a onclick=ran(1)}",
        "% <script>ran(1)</script>", '+++ {"x": "<script>ran(1)</script>"}', 'https://example.org/"onclick=ran(1)//',
    ]  # fmt: skip
    nested = [f"````{{note}}\n> - {each}\n````" for each in (*ELEMENTS[:4], *HANDLERS[:3])]
    cells = [f"| a | b |\n|---|---|\n| {each} | x |" for each in (*ELEMENTS[:2], *HANDLERS[:2])]
    return list(chain(markup, address, attributes, nested, cells, ENDS))

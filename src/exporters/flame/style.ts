/** How the flame graph looks, in light and dark. Colours of causes are told apart with every kind of colour vision. */
export const FLAME_STYLE = `
:root { color-scheme: light dark; --page: #f3f5f7; --card: #ffffff; --ink: #14202b; --ink2: #43515d; --line: #c6d0d8; --focus: #0b5cad; --found: #b5179e; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0c1116; --card: #131a21; --ink: #e8eef3; --ink2: #b6c2cd; --line: #33404b; --focus: #8fc1ff; --found: #ff9bea; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 16px; background: var(--page); color: var(--ink); font: 14px/1.4 system-ui, sans-serif; }
h1 { font-size: 18px; margin: 0 0 4px; }
p { margin: 0 0 10px; color: var(--ink2); }
nav { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; margin-bottom: 10px; }
button, input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; min-height: 28px; }
button[aria-pressed="true"] { border-color: var(--focus); box-shadow: inset 0 0 0 1px var(--focus); }
:focus-visible { outline: 2.5px solid var(--focus); outline-offset: 1px; }
.graph { position: relative; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.bar { position: absolute; height: 20px; padding: 0 4px; border: 0; border-right: 1px solid var(--card); border-radius: 0; min-height: 0; text-align: left; font: 12px/20px ui-monospace, monospace; color: #fff; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; cursor: pointer; text-shadow: 0 0 2px #000, 0 0 3px #000; }
.bar.faded { opacity: 0.45; }
.bar.found { box-shadow: inset 0 0 0 2px var(--found); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 14px; margin: 10px 0 0; padding: 0; list-style: none; }
.legend i { display: inline-block; width: 12px; height: 12px; margin-right: 5px; border-radius: 3px; vertical-align: -1px; }
output { display: block; min-height: 3em; margin-top: 10px; font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
@media print { nav { display: none; } }
`;

/**
 * What the page of the flame graph does, as it stands in the page. It draws only what is wide enough to be seen, puts
 * names in as text, never as markup, and asks nothing of any network.
 */
import { CAUSE_COLOURS } from '../../model/faults/cause.ts';
import {
  flameChildren,
  flameNeighbour,
  flameStripes,
  layOutFlame,
  sumFlame,
  sumFound,
} from '../../model/stacks/flame-layout.ts';

export const FLAME_SCRIPT = `'use strict';
(() => {
  const sumFlame = ${sumFlame};
  const flameChildren = ${flameChildren};
  const layOutFlame = ${layOutFlame};
  const sumFound = ${sumFound};
  const flameStripes = ${flameStripes};
  const flameNeighbour = ${flameNeighbour};
  const COLORS = ${JSON.stringify(CAUSE_COLOURS)};
  const ROW = 21;
  const LEAST_PX = 1.5;
  const data = JSON.parse(document.getElementById('data').textContent);
  const { labels, parents, frames, weights, causes, say } = data;
  /** Two recordings instead of one: the causes are the two sides, before and after, per second. */
  const isDifference = data.isDifference === true;
  const size = parents.length;
  let metric = 'stall';
  let zoom = 0;
  let sought = '';
  let current = 0;

  const tree = { parents, weights, causes: causes.length };
  const sums = { faults: sumFlame(tree, 2), stall: sumFlame(tree, 3) };
  const totals = { faults: sums.faults.totals, stall: sums.stall.totals };
  const children = flameChildren(parents);

  const made = (tag, parent, set = {}) => {
    const element = Object.assign(document.createElement(tag), set);
    parent.append(element);
    return element;
  };
  const nameOf = (node) => (node === 0 ? say.all : labels[frames[node]][0]);
  const sidesOf = (node, name) => [sums[name].byCause[2 * node], sums[name].byCause[2 * node + 1]];
  /** From -1, only before, to 1, only after. */
  const changeOf = (node) => {
    const [before, after] = sidesOf(node, metric);
    return before + after === 0 ? 0 : (after - before) / (before + after);
  };
  /** Changes below this, half of it on each side, are no change to the eye. */
  const ALIKE = 0.02;
  const wordOf = (change) => (change > ALIKE ? say.grew : change < -ALIKE ? say.shrank : say.same);
  const markOf = (node) => (isDifference ? { [say.grew]: '▲ ', [say.shrank]: '▼ ', [say.same]: '= ' }[wordOf(changeOf(node))] : '');
  const three = (value) => (value >= 100 ? Math.round(value).toString() : value.toPrecision(3));
  const duration = (ns) => {
    if (ns < 999.5) return Math.round(ns) + ' ns';
    if (ns < 999.5e3) return three(ns / 1e3) + ' µs';
    return ns < 999.5e6 ? three(ns / 1e6) + ' ms' : three(ns / 1e9) + ' s';
  };
  const percent = (part, whole) => (whole === 0 ? 0 : (100 * part) / whole).toFixed(1) + ' %';
  const rate = (value) => (value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3)) + '/s ' + say.faults;
  const differenceOf = (node) => {
    const [stall, faults] = [sidesOf(node, 'stall'), sidesOf(node, 'faults')];
    return say.stall + ' ' + stall.map((ns) => duration(ns) + '/s').join(' → ') + ', ' + faults.map(rate).join(' → ') + ': ' + wordOf(changeOf(node));
  };
  const amount = (node) => isDifference ? differenceOf(node) : duration(totals.stall[node]) + ' (' + percent(totals.stall[node], totals.stall[0]) + '), ' +
    totals.faults[node].toLocaleString('en-US') + ' ' + say.faults + ' (' + percent(totals.faults[node], totals.faults[0]) + ')';

  const main = made('main', document.body);
  made('h1', main, { textContent: say.title });
  made('p', main, { textContent: isDifference ? differenceOf(0) + '. ' + say.sum : say.sum.replace('{stall}', duration(totals.stall[0])).replace('{elapsed}', duration(data.elapsedNs)).replace('{faults}', totals.faults[0].toLocaleString('en-US')) });
  const nav = made('nav', main);
  const buttons = ['stall', 'faults'].map((name) => made('button', nav, { type: 'button', textContent: say[name], onclick: () => choose(name) }));
  const search = made('input', nav, { type: 'search', placeholder: say.search, ariaLabel: say.search });
  const found = made('span', nav);
  const graph = made('div', main, { className: 'graph' });
  graph.setAttribute('role', 'tree');
  graph.setAttribute('aria-label', say.title);
  const told = made('output', main);
  const legend = made('ul', main, { className: 'legend' });
  made('p', main, { textContent: say.keys });

  const colorsOfCauses = causes.map((_, cause) => COLORS[cause % COLORS.length]);
  const background = (node) =>
    isDifference ? changeColor(changeOf(node)) : flameStripes(node, sums[metric], colorsOfCauses, '#6a7680');

  /** Grey where nothing changed, red where it grew, blue where it shrank. */
  function changeColor(change) {
    const [grey, full] = [[106, 118, 128], change > 0 ? [179, 32, 36] : [28, 92, 178]];
    const part = Math.abs(change) <= ALIKE ? 0 : 0.35 + 0.65 * Math.abs(change);
    return 'rgb(' + grey.map((from, i) => Math.round(from + (full[i] - from) * part)).join(' ') + ')';
  }

  function tell(node) {
    const binary = node === 0 ? '' : '  ' + labels[frames[node]][1];
    if (isDifference) {
      told.textContent = markOf(node) + nameOf(node) + binary + ': ' + amount(node) + '.';
      return;
    }
    const parts = causes
      .map((name, cause) => [name, sums[metric].byCause[node * causes.length + cause]])
      .filter(([, sum]) => sum > 0)
      .sort((a, b) => b[1] - a[1])
      .map(([name, sum]) => name + ' ' + percent(sum, totals[metric][node]));
    told.textContent = nameOf(node) + binary + ': ' + amount(node) + '. ' + parts.join(', ');
  }

  function draw(focus) {
    const width = graph.clientWidth || 1000;
    const bars = layOutFlame({ parents, children, totals: totals[metric], zoom, width, leastWide: LEAST_PX });
    const deepest = bars.at(-1)?.depth ?? 0;
    graph.replaceChildren();
    graph.style.height = (deepest + 1) * ROW + 'px';
    for (const { node, left, wide, depth, outside } of bars) {
      const isFound = sought !== '' && nameOf(node).toLowerCase().includes(sought);
      const bar = made('button', graph, {
        type: 'button',
        className: 'bar' + (outside || (sought !== '' && !isFound) ? ' faded' : '') + (isFound ? ' found' : ''),
        textContent: wide > 24 ? markOf(node) + nameOf(node) : '',
        ariaLabel: nameOf(node) + ', ' + amount(node),
        tabIndex: node === current ? 0 : -1,
        onclick: () => go(node),
        onfocus: () => { current = node; tell(node); },
        onmouseenter: () => tell(node),
      });
      bar.dataset.node = node;
      bar.setAttribute('role', 'treeitem');
      Object.assign(bar.style, { left: left + 'px', width: wide + 'px', top: depth * ROW + 'px', background: background(node) });
    }
    if (totals.faults[0] === 0) graph.textContent = say.nothing;
    if (focus) graph.querySelector('[data-node="' + current + '"]')?.focus();
    else if (!graph.querySelector('[tabindex="0"]')) graph.querySelector('.bar')?.setAttribute('tabindex', '0');
    buttons.forEach((button, i) => button.setAttribute('aria-pressed', String(['stall', 'faults'][i] === metric)));
    drawFound();
    drawLegend();
  }

  /** The share of what is found, each stack once. */
  function drawFound() {
    if (sought === '') { found.textContent = ''; return; }
    const sum = sumFound(parents, totals[metric], (node) => nameOf(node).toLowerCase().includes(sought));
    found.textContent = say.found + ': ' + percent(sum, totals[metric][0]);
  }

  function drawLegend() {
    legend.replaceChildren();
    if (isDifference) {
      for (const [change, text] of [[1, '▲ ' + say.grew], [-1, '▼ ' + say.shrank], [0, '= ' + say.same]]) {
        const item = made('li', legend);
        made('i', item).style.background = changeColor(change);
        item.append(text);
      }
      return;
    }
    causes
      .map((name, cause) => ({ name, cause, sum: sums[metric].byCause[zoom * causes.length + cause] }))
      .filter(({ sum }) => sum > 0)
      .sort((a, b) => b.sum - a.sum)
      .forEach(({ name, cause, sum }) => {
        const item = made('li', legend);
        made('i', item).style.background = COLORS[cause % COLORS.length];
        item.append(name + ' ' + percent(sum, totals[metric][zoom]));
      });
  }

  function choose(name) { metric = name; draw(false); tell(zoom); }
  function go(node) { zoom = node; current = node; draw(true); tell(node); }

  function move(key) {
    const to = flameNeighbour(key, current, { parents, children, totals: totals[metric] });
    const bar = to === undefined ? null : graph.querySelector('[data-node="' + to + '"]');
    if (bar) { current = to; bar.focus(); }
  }

  search.oninput = () => { sought = search.value.trim().toLowerCase(); draw(false); };
  document.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === search) {
      if (event.key === 'Escape') { search.value = ''; sought = ''; search.blur(); draw(true); }
      return;
    }
    if (event.key === '/') search.focus();
    else if (event.key === 's') choose(metric === 'stall' ? 'faults' : 'stall');
    else if (event.key === 'Escape') go(0);
    else if (event.key.startsWith('Arrow')) move(event.key);
    else return;
    event.preventDefault();
  };
  new ResizeObserver(() => draw(false)).observe(document.body);
  draw(false);
  tell(0);
})();
`;

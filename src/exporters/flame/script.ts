/**
 * What the page of the flame graph does, as it stands in the page. It draws only what is wide enough to be seen, puts
 * names in as text, never as markup, and asks nothing of any network.
 */
export const FLAME_SCRIPT = `'use strict';
(() => {
  const COLORS = ['#376ac5', '#06583d', '#b0203a', '#ad5400', '#0a8593', '#8a6a1f', '#6b7d12', '#433781', '#5484c4', '#7a3e9d', '#3f6b1e', '#c2306f', '#5e6b76'];
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

  /** Sums with all that is called, per node and cause. */
  const sums = { stall: new Float64Array(size * causes.length), faults: new Float64Array(size * causes.length) };
  for (const [node, cause, faults, stall] of weights) {
    sums.faults[node * causes.length + cause] += faults;
    sums.stall[node * causes.length + cause] += stall;
  }
  const totals = { stall: new Float64Array(size), faults: new Float64Array(size) };
  for (const name of ['stall', 'faults']) {
    for (let node = size - 1; node >= 0; node -= 1) {
      for (let cause = 0; cause < causes.length; cause += 1) {
        const sum = sums[name][node * causes.length + cause];
        totals[name][node] += sum;
        if (node > 0) sums[name][parents[node] * causes.length + cause] += sum;
      }
    }
  }
  const children = Array.from({ length: size }, () => []);
  for (let node = 1; node < size; node += 1) children[parents[node]].push(node);

  const made = (tag, parent, set = {}) => {
    const element = Object.assign(document.createElement(tag), set);
    parent.append(element);
    return element;
  };
  const nameOf = (node) => (node === 0 ? say.all : labels[frames[node]][0]);
  const sidesOf = (node, name) => [sums[name][2 * node], sums[name][2 * node + 1]];
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

  /** Stripes as wide as each cause's share. */
  function stripes(node) {
    if (isDifference) return changeColor(changeOf(node));
    const total = totals[metric][node] || 1;
    const stops = [];
    let at = 0;
    for (let cause = 0; cause < causes.length; cause += 1) {
      const share = (100 * sums[metric][node * causes.length + cause]) / total;
      if (share === 0) continue;
      stops.push(COLORS[cause % COLORS.length] + ' ' + at + '% ' + (at + share) + '%');
      at += share;
    }
    return 'linear-gradient(90deg, ' + (stops.length > 0 ? stops.join(', ') : '#6a7680 0% 100%') + ')';
  }

  /** Grey where nothing changed, red where it grew, blue where it shrank. */
  function changeColor(change) {
    const [grey, full] = [[106, 118, 128], change > 0 ? [179, 32, 36] : [28, 92, 178]];
    const part = Math.abs(change) <= ALIKE ? 0 : 0.35 + 0.65 * Math.abs(change);
    return 'rgb(' + grey.map((from, i) => Math.round(from + (full[i] - from) * part)).join(' ') + ')';
  }

  function pathTo(node) {
    const path = [];
    for (let at = node; at > 0; at = parents[at]) path.unshift(at);
    return [0, ...path];
  }

  function tell(node) {
    const binary = node === 0 ? '' : '  ' + labels[frames[node]][1];
    if (isDifference) {
      told.textContent = markOf(node) + nameOf(node) + binary + ': ' + amount(node) + '.';
      return;
    }
    const parts = causes
      .map((name, cause) => [name, sums[metric][node * causes.length + cause]])
      .filter(([, sum]) => sum > 0)
      .sort((a, b) => b[1] - a[1])
      .map(([name, sum]) => name + ' ' + percent(sum, totals[metric][node]));
    told.textContent = nameOf(node) + binary + ': ' + amount(node) + '. ' + parts.join(', ');
  }

  function draw(focus) {
    const width = graph.clientWidth || 1000;
    const bars = [];
    const path = pathTo(zoom);
    let deepest = 0;
    const place = (node, left, wide, depth, faded) => {
      if (wide < LEAST_PX) return;
      deepest = Math.max(deepest, depth);
      bars.push({ node, left, wide, depth, faded });
    };
    for (let depth = 0; depth < path.length - 1; depth += 1) place(path[depth], 0, width, depth, true);
    // A list instead of calls: stacks may be deep.
    const open = [{ node: zoom, left: 0, wide: width, depth: path.length - 1 }];
    while (open.length > 0) {
      const { node, left, wide, depth } = open.pop();
      place(node, left, wide, depth, false);
      const total = totals[metric][node];
      if (wide < LEAST_PX || total === 0) continue;
      let at = left;
      for (const child of [...children[node]].sort((a, b) => totals[metric][b] - totals[metric][a])) {
        const part = (wide * totals[metric][child]) / total;
        open.push({ node: child, left: at, wide: part, depth: depth + 1 });
        at += part;
      }
    }
    bars.sort((a, b) => a.depth - b.depth || a.left - b.left);
    graph.replaceChildren();
    graph.style.height = (deepest + 1) * ROW + 'px';
    for (const { node, left, wide, depth, faded } of bars) {
      const isFound = sought !== '' && nameOf(node).toLowerCase().includes(sought);
      const bar = made('button', graph, {
        type: 'button',
        className: 'bar' + (faded || (sought !== '' && !isFound) ? ' faded' : '') + (isFound ? ' found' : ''),
        textContent: wide > 24 ? markOf(node) + nameOf(node) : '',
        ariaLabel: nameOf(node) + ', ' + amount(node),
        tabIndex: node === current ? 0 : -1,
        onclick: () => go(node),
        onfocus: () => { current = node; tell(node); },
        onmouseenter: () => tell(node),
      });
      bar.dataset.node = node;
      bar.setAttribute('role', 'treeitem');
      Object.assign(bar.style, { left: left + 'px', width: wide + 'px', top: depth * ROW + 'px', background: stripes(node) });
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
    let sum = 0;
    const inside = new Uint8Array(size);
    for (let node = 1; node < size; node += 1) {
      const isFound = nameOf(node).toLowerCase().includes(sought);
      if (isFound && !inside[parents[node]]) sum += totals[metric][node];
      inside[node] = isFound || inside[parents[node]] ? 1 : 0;
    }
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
      .map((name, cause) => ({ name, cause, sum: sums[metric][zoom * causes.length + cause] }))
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

  const heaviest = (list) => list.filter((node) => totals[metric][node] > 0).sort((a, b) => totals[metric][b] - totals[metric][a]);
  function move(key) {
    const beside = heaviest(current === 0 ? [0] : [...children[parents[current]]]);
    const at = beside.indexOf(current);
    const to = {
      ArrowUp: current === 0 ? 0 : parents[current],
      ArrowDown: heaviest(children[current])[0],
      ArrowLeft: beside[at - 1],
      ArrowRight: beside[at + 1],
    }[key];
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

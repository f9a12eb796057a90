// Charts draw the lines of the table below them: its first cell, and the numbers in data-drawn, which the table's own names.

import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { getInstanceByDom, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

import { all } from "./dom.js";

use([AriaComponent, BarChart, CanvasRenderer, CustomChart, GridComponent, LineChart, ScatterChart, TooltipComponent]);

const root = document.documentElement;
const language = root.lang;
const number = new Intl.NumberFormat(language);
const tenths = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const hundredths = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });

// As the tables spell it: "95 %", with a space that does not break.
const share = (value) => `${tenths.format(value * 100)}\u00a0%`;

// The axis of shares begins at the ten per cent below the lowest that is drawn.
const floorOf = (values) => Math.max(0, Math.floor(Math.min(...values, 0.9) * 10) / 10);

const across = (colour, place) => ({ fill: colour.band, stroke: colour.first, lineWidth: 1, ...place });

const kinds = {
  // Reason, share, from, to, n: a dot in its interval, the highest first.
  dots(rows, heads, colour) {
    const lines = rows.toReversed();
    const names = innerWidth < 640 ? 110 : 220;
    return {
      grid: { left: 8, right: 12, top: 8, bottom: 36, containLabel: true },
      tooltip: { formatter: ({ dataIndex }) => tell(heads, lines[dataIndex]) },
      xAxis: {
        type: "value", min: floorOf(rows.map((row) => row[2])), max: 1, name: heads[0], nameLocation: "middle",
        nameGap: 24, axisLabel: { formatter: share },
      },
      yAxis: [
        { type: "category", data: lines.map((row) => row[0]), splitLine: { show: false },
          axisLabel: { width: names, overflow: "truncate", color: colour.ink, fontSize: 12 } },
        { type: "category", position: "right", data: lines.map((row) => share(row[1])),
          axisLine: { show: false }, splitLine: { show: false }, axisLabel: { color: colour.ink, fontSize: 12 } },
      ],
      series: [
        { type: "scatter", yAxisIndex: 1, data: [] },
        { type: "custom", encode: { x: [1, 2], y: 0 }, z: 1, data: lines.map((row, place) => [place, row[2], row[3]]),
          renderItem: (_, cell) => {
            const [from, height] = cell.coord([cell.value(1), cell.value(0)]);
            const [to] = cell.coord([cell.value(2), cell.value(0)]);
            const shape = { x: from, y: height - 4, width: Math.max(to - from, 1), height: 8, r: 4 };
            return { type: "rect", shape, style: across(colour) };
          } },
        { type: "scatter", data: lines.map((row, place) => [row[1], place]), symbolSize: 9, z: 3,
          itemStyle: { color: colour.first } },
      ],
    };
  },

  // Bin, mean stated, share, from, to, n: dots in their intervals beside the diagonal, and how many below.
  reliability(rows, heads, colour) {
    const filled = rows.filter((row) => row[5]);
    const low = floorOf([...filled.map((row) => row[1]), ...filled.map((row) => row[3])]);
    const ends = { min: low, max: 1, type: "value" };
    return {
      grid: [{ left: 52, right: 16, top: 12, height: "60%" }, { left: 52, right: 16, top: "74%", bottom: 40 }],
      tooltip: { formatter: ({ dataIndex }) => tell(heads, filled[dataIndex]) },
      xAxis: [
        { ...ends, gridIndex: 0, axisLabel: { show: false } },
        { ...ends, gridIndex: 1, name: heads[0], nameLocation: "middle", nameGap: 24, splitLine: { show: false },
          axisLabel: { formatter: (value) => hundredths.format(value) } },
      ],
      yAxis: [
        { ...ends, gridIndex: 0, axisLabel: { formatter: share } },
        { gridIndex: 1, type: "value", max: "dataMax", axisLabel: { show: false }, splitLine: { show: false } },
      ],
      series: [
        { type: "line", data: [[low, low], [1, 1]], symbol: "none", silent: true, tooltip: { show: false },
          lineStyle: { color: colour.faint, type: [4, 4], width: 1 } },
        { type: "custom", z: 1, data: filled.map((row) => [row[1], row[3], row[4]]),
          renderItem: (_, cell) => {
            const [x, bottom] = cell.coord([cell.value(0), cell.value(1)]);
            const [, top] = cell.coord([cell.value(0), cell.value(2)]);
            const shape = { x: x - 5, y: top, width: 10, height: Math.max(bottom - top, 1), r: 5 };
            return { type: "rect", shape, style: across(colour) };
          } },
        { type: "line", z: 3, data: filled.map((row) => [row[1], row[2]]), symbol: "circle", symbolSize: 8,
          lineStyle: { width: 2, color: colour.first }, itemStyle: { color: colour.first } },
        { type: "custom", xAxisIndex: 1, yAxisIndex: 1, encode: { x: [0, 1], y: 2 },
          data: filled.map((row) => [Math.floor(row[1] * 10) / 10, Math.min(1, Math.floor(row[1] * 10 + 1) / 10), row[5]]),
          renderItem: (_, cell) => {
            const [left, bottom] = cell.coord([Math.max(low, cell.value(0)), 0]);
            const [right, top] = cell.coord([cell.value(1), cell.value(2)]);
            const shape = { x: left + 2, y: top, width: Math.max(right - left - 4, 1), height: bottom - top };
            return { type: "rect", shape, style: across(colour) };
          } },
      ],
    };
  },

  // Day, and one column of counts after the other, stacked; the second is hatched.
  stack(rows, heads, colour) {
    const tones = [colour.first, colour.third].slice(0, heads.length);
    const hatch = { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: 0.7, color: colour.hatch };
    return {
      aria: { enabled: true, decal: { show: false } },
      grid: { left: 8, right: 8, top: 12, bottom: 8, containLabel: true },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (value) => number.format(value) },
      xAxis: { type: "category", data: rows.map((row) => row[0]) },
      yAxis: { type: "value", minInterval: 1, axisLabel: { formatter: (value) => number.format(value) } },
      series: tones.map((tone, place) => ({
        name: heads[place], type: "bar", stack: "all", barMaxWidth: 22, data: rows.map((row) => row[place + 1]),
        itemStyle: { color: tone, borderColor: colour.surface, borderWidth: 1, decal: place ? hatch : undefined },
      })),
    };
  },
};

function tell(heads, row) {
  const spelt = row.slice(1).map((value, place) => {
    return `${heads[place]}: ${value <= 1 && !Number.isInteger(value) ? share(value) : number.format(value)}`;
  });
  return [row[0], ...spelt].join("\n");
}

function rowsOf(table) {
  const lines = all("tbody tr[data-drawn]", table);
  return lines.map((line) => [line.cells[0].textContent.trim(), ...line.dataset.drawn.split(" ").map(Number)]);
}

function colours() {
  const style = getComputedStyle(root);
  const pick = (name) => style.getPropertyValue(name).trim();
  return {
    first: pick("--chart-1"), third: pick("--chart-3"), band: pick("--chart-band"), grid: pick("--chart-grid"),
    ink: pick("--ink"), second: pick("--ink-2"), faint: pick("--ink-3"), line: pick("--line-2"),
    surface: pick("--surface"), raised: pick("--raised"), font: pick("--font"), hatch: "rgba(255, 255, 255, 0.35)",
  };
}

function withLook(axis, colour) {
  if (Array.isArray(axis)) return axis.map((each) => withLook(each, colour));
  return {
    ...axis,
    axisLine: { lineStyle: { color: colour.line }, ...axis.axisLine },
    axisTick: { show: false },
    axisLabel: { color: colour.second, fontSize: 11, hideOverlap: true, ...axis.axisLabel },
    splitLine: { lineStyle: { color: colour.grid }, ...axis.splitLine },
    nameTextStyle: { color: colour.second, fontSize: 11 },
  };
}

// The HTML tooltip writes style attributes, which the policy of pages forbids: rich text is drawn on the canvas.
function draw(box) {
  const table = document.getElementById(box.dataset.table);
  const colour = colours();
  const heads = table.dataset.drawn.split("|");
  const option = kinds[box.dataset.chart](rowsOf(table), heads, colour);
  const tooltip = {
    trigger: "item", renderMode: "richText", backgroundColor: colour.raised, borderColor: colour.line,
    confine: true, textStyle: { color: colour.ink, fontSize: 12 }, ...option.tooltip,
  };
  const look = { animation: false, textStyle: { fontFamily: colour.font } };
  const chart = getInstanceByDom(box) ?? init(box, null, { renderer: "canvas" });
  const axes = { xAxis: withLook(option.xAxis, colour), yAxis: withLook(option.yAxis, colour) };
  chart.setOption({ ...look, ...option, ...axes, tooltip }, true);
}

const drawAll = () => all("[data-chart]").forEach(draw);

document.fonts.ready.then(drawAll);
addEventListener("resize", () => all("[data-chart]").forEach((box) => getInstanceByDom(box)?.resize()));
new MutationObserver(drawAll).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
addEventListener("beforeprint", () => all(".as-table").forEach((table) => (table.open = true)));

// Draws the series, and makes the metrics searchable. All numbers come from the page; nothing is loaded.
(function () {
  'use strict';
  var data = JSON.parse(document.getElementById('series-data').textContent);
  var root = document.documentElement;
  var dark = window.matchMedia('(prefers-color-scheme: dark)');

  function color(name) { return getComputedStyle(root).getPropertyValue('--' + name).trim(); }

  function digits(value) {
    if (value === 0) return '0';
    var size = Math.abs(value);
    if (size >= 1e6 || size < 1e-3) return value.toPrecision(3);
    return String(Number(value.toPrecision(4)));
  }

  // One unit for a whole axis, that of its length.
  function clock(length) {
    if (length < 2) return [1e3, 'ms'];
    if (length < 180) return [1, 's'];
    if (length < 3 * 3600) return [1 / 60, 'min'];
    if (length < 3 * 86400) return [1 / 3600, 'h'];
    return [1 / 86400, 'd'];
  }

  var charts = [];
  function options(series, unit) {
    return {
      labels: ['time', 'mean'], customBars: series.low !== undefined, legend: 'never', showLabelsOnHighlight: false,
      strokeWidth: 1.6, fillAlpha: 0.22, colors: [color('band')], axisLineColor: color('line'), gridLineColor: color('line'),
      gridLineWidth: 0.6, includeZero: true, xRangePad: 2, yRangePad: 6, highlightCircleSize: 3, axisLabelFontSize: 11,
      axes: {
        x: { axisLabelFormatter: function (x) { return digits(x) + ' ' + unit[1]; }, axisLabelWidth: 64, pixelsPerLabel: 70 },
        y: { axisLabelFormatter: function (y) { return digits(y); }, axisLabelWidth: 46, pixelsPerLabel: 28 }
      },
      underlayCallback: function (canvas, area, graph) {
        if (!data.warm_up) return;
        var right = Math.min(graph.toDomXCoord(data.warm_up * unit[0]), area.x + area.w);
        canvas.fillStyle = color('line');
        canvas.globalAlpha = 0.45;
        canvas.fillRect(area.x, area.y, Math.max(0, right - area.x), area.h);
        canvas.globalAlpha = 1;
      }
    };
  }

  data.series.forEach(function (series, index) {
    var plot = document.getElementById('plot-' + index);
    if (!plot || typeof Dygraph === 'undefined') return;
    var now = plot.nextElementSibling;
    var unit = clock(series.step * series.mean.length);
    var rows = series.mean.map(function (mean, i) {
      var time = (i + 0.5) * series.step * unit[0];
      return [time, series.low === undefined ? mean : [series.low[i], mean, series.high[i]]];
    });
    var settings = options(series, unit);
    settings.highlightCallback = function (event, x, points) {
      var i = points.length ? points[0].idx : -1;
      if (i < 0) return;
      now.textContent = 'at ' + digits(x) + ' ' + unit[1] + ': ' + digits(series.mean[i]) + series.unit +
        (series.low === undefined ? '' : ' (' + digits(series.low[i]) + ' to ' + digits(series.high[i]) + ')');
    };
    settings.unhighlightCallback = function () { now.textContent = ''; };
    charts.push([new Dygraph(plot, rows, settings), series, unit]);
  });

  function repaint() {
    charts.forEach(function (chart) {
      chart[0].updateOptions({ colors: [color('band')], axisLineColor: color('line'), gridLineColor: color('line') });
    });
  }
  if (dark.addEventListener) dark.addEventListener('change', repaint);
  window.addEventListener('beforeprint', function () {
    repaint();
    document.querySelectorAll('.elements details').forEach(function (entry) { entry.open = true; });
  });

  // The graph: a node under the pointer shows what it is connected with.
  document.querySelectorAll('.graph').forEach(function (graph) {
    graph.querySelectorAll('.node').forEach(function (node) {
      node.addEventListener('mouseenter', function () {
        var id = node.getAttribute('data-id');
        var on = {};
        on[id] = true;
        graph.querySelectorAll('[data-from]').forEach(function (edge) {
          if (edge.getAttribute('data-from') !== id && edge.getAttribute('data-to') !== id) return;
          edge.classList.add('on');
          on[edge.getAttribute('data-from')] = on[edge.getAttribute('data-to')] = true;
        });
        (node.getAttribute('data-uses') || '').split(' ').forEach(function (used) { on[used] = true; });
        graph.querySelectorAll('.node').forEach(function (other) {
          var uses = (other.getAttribute('data-uses') || '').split(' ');
          if (on[other.getAttribute('data-id')] || uses.indexOf(id) >= 0) other.classList.add('on');
        });
        graph.classList.add('focus');
      });
      node.addEventListener('mouseleave', function () {
        graph.classList.remove('focus');
        graph.querySelectorAll('.on').forEach(function (other) { other.classList.remove('on'); });
      });
    });
  });

  var search = document.getElementById('search');
  if (search) {
    search.addEventListener('input', function () {
      var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      document.querySelectorAll('.elements details').forEach(function (entry) {
        var any = false;
        var title = entry.querySelector('summary').textContent.toLowerCase();
        entry.querySelectorAll('tbody tr').forEach(function (row) {
          var text = title + ' ' + row.textContent.toLowerCase();
          var hit = words.every(function (word) { return text.indexOf(word) >= 0; });
          row.hidden = !hit;
          any = any || hit;
        });
        entry.hidden = !any;
        if (words.length && any) entry.open = true;
      });
    });
    document.getElementById('toggle').addEventListener('click', function () {
      var all = Array.prototype.slice.call(document.querySelectorAll('.elements details'));
      var open = all.some(function (entry) { return !entry.open; });
      all.forEach(function (entry) { entry.open = open; });
    });
  }
})();

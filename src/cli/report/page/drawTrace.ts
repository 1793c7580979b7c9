import type { DrawnSpan, Fact, ReportData } from '../reportData.ts';
import { element, part } from './element.ts';
import { formatDuration } from './format.ts';
import type { PageTools } from './pageTools.ts';

/** Draws the trace of one tile as a waterfall: a row per span, indented as they hang together; opened, it says all of the span. */
export function drawTrace({ d3 }: PageTools, { trace }: ReportData): void {
  const target = part('trace');
  if (trace === null) {
    target.replaceChildren(element('p', {}, 'No trace was recorded.'));
    return;
  }
  const totalMs = Math.max(...trace.spans.map(({ endMs }) => endMs));
  const share = (ms: number): string => `${((100 * ms) / totalMs).toFixed(3)}%`;
  const ticks = d3.ticks(0, totalMs, 6).filter((ms) => ms <= 0.97 * totalMs);
  const axis = element(
    'div',
    { class: 'axis', 'aria-hidden': 'true' },
    ...ticks.map((ms) => element('span', { style: `left:${share(ms)}` }, formatDuration(ms))),
  );
  const home = trace.spans[0]?.service;
  const rows = trace.spans.map((span) => element('li', {}, drawSpan(span, share, span.service === home)));
  target.replaceChildren(axis, element('ol', { class: 'spans' }, ...rows));
}

function drawSpan(span: DrawnSpan, share: (ms: number) => string, isHome: boolean): HTMLElement {
  const { name, service, depth, startMs, endMs, failed, events, facts } = span;
  const place = `left:${share(startMs)};width:${share(Math.max(0, endMs - startMs))}`;
  const kind = failed ? 'bar failed' : isHome ? 'bar' : 'bar away';
  const dots = events.map(({ atMs, name: event }) =>
    element('i', { class: 'event', style: `left:${share(atMs)}`, title: `${event} at ${formatDuration(atMs)}` }),
  );
  const summary = element(
    'summary',
    { 'aria-label': describeSpan(span) },
    element('span', { class: 'name', style: `--depth:${depth}` }, name),
    element('span', { class: 'lane' }, element('span', { class: kind, style: place }), ...dots),
    element('span', { class: 'took' }, formatDuration(endMs - startMs)),
  );
  const own: Fact[] = [['service', service], ['start', formatDuration(startMs)], ...facts];
  const notes = events.map(({ name: event, atMs, facts: more }) =>
    element('li', {}, `${event} at ${formatDuration(atMs)} `, factList(more)),
  );
  const list = notes.length === 0 ? [] : [element('ol', { class: 'events' }, ...notes)];
  return element('details', { class: 'span' }, summary, factList(own), ...list);
}

function factList(facts: readonly Fact[]): HTMLElement {
  const rows = facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)));
  return element('dl', { class: 'facts' }, ...rows);
}

function describeSpan({ name, service, startMs, endMs, events }: DrawnSpan): string {
  const count = events.length === 0 ? '' : `, ${events.length} ${events.length === 1 ? 'event' : 'events'}`;
  return `${name} in ${service}: ${formatDuration(endMs - startMs)}, begins at ${formatDuration(startMs)}${count}`;
}

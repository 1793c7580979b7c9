import type { DrawnEvent, DrawnSpan, DrawnTrace, Fact, ReportData } from '../reportData.ts';
import { element, part } from './element.ts';
import { formatDuration } from './format.ts';
import type { PageTools } from './pageTools.ts';

/** Where a time lies in the lanes, in percent of their width. */
type Share = (ms: number) => string;

/** Draws the trace of one tile as a waterfall: a row per span, indented as they hang together; opened, it says all of the span. */
export function drawTrace({ d3 }: PageTools, { trace }: ReportData): void {
  const target = part('trace');
  if (trace === null) {
    target.replaceChildren(element('p', {}, 'No trace was recorded.'));
    return;
  }
  const spans = fromDelivery(trace);
  const totalMs = Math.max(...spans.map(({ endMs }) => endMs));
  const share: Share = (ms) => `${((100 * ms) / totalMs).toFixed(3)}%`;
  const ticks = d3.ticks(0, totalMs, 6).filter((ms) => ms <= 0.97 * totalMs);
  const axis = element(
    'div',
    { class: 'axis', 'aria-hidden': 'true' },
    ...ticks.map((ms) => element('span', { style: `left:${share(ms)}` }, formatDuration(ms))),
  );
  const home = spans[0]?.service;
  const rows = spans.map((span) => element('li', {}, drawSpan(span, share, span.service === home)));
  target.replaceChildren(axis, element('ol', { class: 'spans' }, ...rows));
}

/** Lets time begin where the tile was delivered: it may have waited in the stream for much longer than all that follows took. */
function fromDelivery({ spans }: DrawnTrace): DrawnSpan[] {
  const [sent, ...rest] = spans;
  const deliveredMs = Math.min(...rest.map(({ startMs }) => startMs));
  const originMs = sent !== undefined && sent.endMs <= deliveredMs ? deliveredMs : 0;
  const shifted = (event: DrawnEvent): DrawnEvent => ({ ...event, atMs: event.atMs - originMs });
  return spans.map((span) => ({
    ...span,
    startMs: span.startMs - originMs,
    endMs: span.endMs - originMs,
    events: span.events.map(shifted),
  }));
}

function drawSpan(span: DrawnSpan, share: Share, isHome: boolean): HTMLElement {
  const { name, service, depth, startMs, endMs, events, facts } = span;
  const summary = element(
    'summary',
    { 'aria-label': describeSpan(span) },
    element('span', { class: 'name', style: `--depth:${depth}` }, name),
    element('span', { class: 'lane' }, ...drawLane(span, share, isHome)),
    element('span', { class: 'took' }, formatDuration(endMs - startMs)),
  );
  const own: Fact[] = [['service', service], ['start', formatDuration(startMs)], ...facts];
  const notes = events.map(({ name: event, atMs, facts: more }) =>
    element('li', {}, `${event} at ${formatDuration(atMs)} `, factList(more)),
  );
  const list = notes.length === 0 ? [] : [element('ol', { class: 'events' }, ...notes)];
  return element('details', { class: 'span' }, summary, factList(own), ...list);
}

function drawLane({ startMs, endMs, failed, events }: DrawnSpan, share: Share, isHome: boolean): HTMLElement[] {
  if (endMs <= 0) {
    const text = `published ${formatDuration(-startMs)} before, then waited in the stream`;
    return [element('span', { class: 'before' }, text)];
  }
  const kind = failed ? 'bar failed' : isHome ? 'bar' : 'bar away';
  const place = `left:${share(startMs)};width:${share(Math.max(0, endMs - startMs))}`;
  const dots = events.map(({ name, atMs }) =>
    element('i', { class: 'event', style: `left:${share(atMs)}`, title: `${name} at ${formatDuration(atMs)}` }),
  );
  return [element('span', { class: kind, style: place }), ...dots];
}

function factList(facts: readonly Fact[]): HTMLElement {
  const rows = facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)));
  return element('dl', { class: 'facts' }, ...rows);
}

function describeSpan({ name, service, startMs, endMs, events }: DrawnSpan): string {
  const count = events.length === 0 ? '' : `, ${events.length} ${events.length === 1 ? 'event' : 'events'}`;
  return `${name} in ${service}: ${formatDuration(endMs - startMs)}, begins at ${formatDuration(startMs)}${count}`;
}

import { expect, it } from 'vitest';
import { renderOptionTable } from '../../../src/config/renderOptionTable.ts';
import { exampleOptions } from './exampleOptions.ts';

it('renders every option with its type, default, unit and description', () => {
  expect(renderOptionTable(exampleOptions).split('\n')).toEqual([
    '| option | type | default | unit | description |',
    '| --- | --- | --- | --- | --- |',
    '| `kafka.brokers` | list of text | `["127.0.0.1:9092"]` |  | Brokers to ask \\| first. |',
    '| `kafka.ssl` | true or false | `false` |  |  |',
    '| `kafka.ssl.ca` | text | required with `kafka.ssl` |  |  |',
    '| `kafka.sasl.mechanism` | `plain` or `token` | required with `kafka.sasl` |  |  |',
    '| `kafka.sasl.password` | text | – |  | Never shown. |',
    '| `kafka.sasl.token` | text | – |  | Never shown. |',
    '| `source.topic` | text | required |  | Topic to read. |',
    '| `source.order` | `none`, `key`, `partition` | `"none"` |  |  |',
    '| `source.maxInFlight` | whole number | `400` | tiles | Cap. |',
    '| `source.share` | number | – |  |  |',
    '| `source.from` | `earliest`, `latest` or whole number | `"earliest"` |  |  |',
    '| `backoff.initialMs` | whole number | `500` | ms | Ceiling of the first delay. |',
    '| `backoff.maxMs` | whole number | `15000` | ms | Ceiling that no later delay exceeds. |',
    '| `backoff.factor` | number | `2` | ratio | Growth of the ceiling per attempt. |',
    '| `labels` | names and values | `{}` |  |  |',
    '| `drainMs` | whole number | `30000` |  |  |',
  ]);
});

import type { ListenAddress } from '../optionReaders.ts';
import { type HealthFacts, healthPages } from './healthPages.ts';
import { metricsPage } from './metricsPage.ts';
import { type HttpPages, startHttp } from './startHttp.ts';

/**
 * Serves health and metrics of a run.
 *
 * @throws ConfigurationError when it cannot listen there.
 */
export async function servePages(address: ListenAddress, facts: HealthFacts): Promise<HttpPages> {
  const metrics = metricsPage(process.env['OTEL_SERVICE_NAME'] || 'swath');
  try {
    const pages = await startHttp(address, { ...healthPages(facts), '/metrics': metrics.page });
    return {
      url: pages.url,
      [Symbol.asyncDispose]: async () => {
        metrics[Symbol.dispose]();
        await pages[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    metrics[Symbol.dispose]();
    throw error;
  }
}

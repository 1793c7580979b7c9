/** How long brokers leave a transaction open whose producer says nothing more, in milliseconds. */
export const transactionTimeoutMs = 60_000;

import { MarathonError } from '@marathon/core';

/** A program that a Kafka of one's own needs is not there, or too old. */
export class LocalBrokerToolMissingError extends MarathonError {
  readonly code = 'MARATHON_LOCAL_BROKER_TOOL_MISSING';

  constructor(
    readonly tool: 'java' | 'mvn',
    /** What was found instead: a version, or why it did not start. */
    readonly found: string,
    options?: ErrorOptions,
  ) {
    super(
      `a Kafka of one's own needs ${tool === 'java' ? 'Java 17 or newer' : 'Maven'} (${found}): ` +
        'install Java 17+ and Maven, or set KAFKA_BROKERS to a Kafka that runs already',
      options,
    );
  }
}

/** A Kafka of one's own could not be set up or started. */
export class LocalBrokerError extends MarathonError {
  readonly code = 'MARATHON_LOCAL_BROKER_FAILED';
}

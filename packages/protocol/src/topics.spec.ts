import { expect, it } from '@jest/globals';
import { activityTopic, queueOfActivityTopic, queueOfWorkflowTopic, taskQueuePattern, workflowTopic } from './topics.js';

it('finds the queue of a topic', () => {
  expect(queueOfWorkflowTopic(workflowTopic('eu.orders-1'))).toBe('eu.orders-1');
  expect(queueOfActivityTopic(activityTopic('eu.orders-1'))).toBe('eu.orders-1');
  expect(queueOfActivityTopic(workflowTopic('orders'))).toBeUndefined();
});

it.each(['', 'a b', 'a/b', 'ä', 'x'.repeat(201)])('refuses %j as a queue', (name) => expect(taskQueuePattern.test(name)).toBe(false));
it.each(['default', 'A_b.c-9', 'x'.repeat(200)])('takes %j as a queue', (name) => expect(taskQueuePattern.test(name)).toBe(true));

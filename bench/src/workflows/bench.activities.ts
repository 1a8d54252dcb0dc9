import { Activity } from '@marathon/activity';
import { Injectable } from '@nestjs/common';
import { type StepResult, step } from './step.js';

@Injectable()
export class BenchActivities {
  @Activity('bench.step')
  async step(i: number): Promise<StepResult> {
    return step(i);
  }
}

// transcribe.ts
import { workflow } from '@marathon/workflow';

interface SpeechActivities {
  transcribe(recording: { readonly customer: string; readonly file: string }): Promise<string>;
}

export const transcribe = workflow(
  'transcribe',
  { concurrency: { key: 'transcriptions', limit: 20 } },
  async (ctx, { customer, files }: { readonly customer: string; readonly files: readonly string[] }) => {
    const speech = ctx.activities<SpeechActivities>({
      concurrency: { key: 'speech-api', limit: 3 },
      rateLimit: { key: 'speech-api', limit: 100, per: '1m' },
      fairnessKey: customer,
    });
    return Promise.all(files.map((file) => speech.transcribe({ customer, file })));
  },
);

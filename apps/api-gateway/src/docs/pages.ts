import { type ProblemCode, problems } from '../http/problems.js';

/** The API in Swagger's own reader, which comes from this server: nothing is fetched from elsewhere. */
export const apiPage = page(
  'Marathon',
  `<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true });</script>`,
);

/** What the `type` of a problem leads to. */
export const errorsPage = page(
  'Problems',
  `<h1>Problems</h1>
${(Object.keys(problems) as ProblemCode[]).map(problemSection).join('\n')}`,
);

function problemSection(code: ProblemCode): string {
  const { status, title, remedy } = problems[code];
  return `<h2 id="${code}">${code}</h2>\n<p>${status}: ${title}. ${remedy.replaceAll(/`([^`]*)`/g, '<code>$1</code>')}</p>`;
}

function page(title: string, body: string): string {
  return `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${title}</title>\n${body}\n</html>\n`;
}

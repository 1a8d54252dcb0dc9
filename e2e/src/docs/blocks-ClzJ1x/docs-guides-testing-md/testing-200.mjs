// jest.config.js; vitest: test.setupFiles
export default { setupFiles: ['@marathon/guards/register'] };

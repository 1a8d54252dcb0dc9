import { Module, type OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { HostedCode } from './hosted-code.js';

/**
 * Ends what Marathon runs here before anything of the application is destroyed: attempts that are under way need it. Nest destroys modules
 * by their distance from the root, which comes first, and global ones last: this one is put before the root.
 */
@Module({})
export class EndingModule implements OnModuleDestroy {
  constructor(
    private readonly hosted: HostedCode,
    modules: ModulesContainer,
  ) {
    for (const module of modules.values()) if (module.metatype === EndingModule) module.distance = -1;
  }

  onModuleDestroy(): Promise<void> {
    return this.hosted.stop();
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { type ActivityMethod, activityNameOf } from './activity.decorator.js';
import { ActivityRegistrationError } from './activity.errors.js';

/** An activity, bound to its provider. */
export type ActivityFunction = (input: unknown) => Promise<unknown>;

type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** The activities of the application, by name. */
@Injectable()
export class ActivityRegistry implements OnModuleInit {
  readonly #activities = new Map<string, { readonly run: ActivityFunction; readonly place: string }>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** @throws ActivityRegistrationError when two methods have one name, or a name or its provider will not do. */
  onModuleInit(): void {
    for (const provider of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      if (!provider.isAlias) this.#addActivitiesOf(provider);
    }
  }

  /** Nothing when no method has the name. */
  find(name: string): ActivityFunction | undefined {
    return this.#activities.get(name)?.run;
  }

  /** In alphabetical order. */
  names(): readonly string[] {
    return [...this.#activities.keys()].sort();
  }

  #addActivitiesOf(provider: InstanceWrapper): void {
    const instance: unknown = provider.instance;
    if (typeof instance !== 'object' || instance === null) return;
    const methods = instance as Readonly<Record<string, ActivityMethod>>;
    for (const key of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object | null)) {
      const method = methods[key] as ActivityMethod;
      const name = activityNameOf(method);
      if (name !== undefined)
        this.#add(name, method.bind(instance) as ActivityFunction, provider, `${provider.name}.${key} in ${provider.host?.name}`);
    }
  }

  #add(name: string, run: ActivityFunction, provider: InstanceWrapper, place: string): void {
    if (name.length === 0 || name.length > 200) throw new ActivityRegistrationError(`${place}: an activity's name has 1 to 200 characters`);
    if (provider.isTransient || !provider.isDependencyTreeStatic()) {
      throw new ActivityRegistrationError(
        `${place}: activity "${name}" needs a singleton; a request-scoped or transient provider has no instance for a task`,
      );
    }
    const known = this.#activities.get(name);
    if (known)
      throw new ActivityRegistrationError(`activity "${name}" is defined twice: by ${known.place}, and by ${place}; rename one of them`);
    this.#activities.set(name, { run, place });
  }
}

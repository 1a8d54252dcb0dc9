// Loaded before every other module: node --import @marathon/guards/register
import { installGuards } from './install-guards.js';

installGuards();

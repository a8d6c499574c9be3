import {
  CamelCasePlugin,
  type PluginTransformQueryArgs,
  PostgresDialect,
  PostgresQueryCompiler,
  type RootOperationNode,
} from 'kysely';

/** Names are camel case here and snake case in the database. */
class CamelCaseNames extends CamelCasePlugin {
  /** Does nothing: the compiler converts names without copying the query's tree. */
  override transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    return node;
  }

  nameInDatabase(name: string): string {
    return this.snakeCase(name);
  }
}

/** Converts the column names of result rows; the keys inside a `jsonb` value are not converted. */
export const camelCaseNames = new CamelCaseNames({ maintainNestedObjectKeys: true });

/** The PostgreSQL dialect with names in snake case, also for queries without plugins. */
export class SnakeCaseDialect extends PostgresDialect {
  override createQueryCompiler(): PostgresQueryCompiler {
    return new SnakeCaseCompiler();
  }
}

class SnakeCaseCompiler extends PostgresQueryCompiler {
  protected override sanitizeIdentifier(name: string): string {
    return super.sanitizeIdentifier(camelCaseNames.nameInDatabase(name));
  }
}

// @prisma/adapter-pg with the three repairs that the schema engine needs (seen with 7.10.0).
import crypto from "node:crypto";
import pg from "pg";
import { PrismaPg } from "@prisma/adapter-pg";
import { ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import { connectionFields, schemaName } from "./options.mjs";

const CHAR_OID = 18;
const TEXT_OID = 25;

/** Repair 1: the adapter rejects the catalog type "char", which the engine's own introspection reads. */
function acceptCatalogChar(connection) {
  const { queryRaw, startTransaction } = connection;
  connection.queryRaw = async function (query) {
    let charColumns = [];
    const reading = Object.create(this, {
      performIO: {
        value: async (statement) => {
          const result = await connection.performIO(statement);
          charColumns = result.fields.map((field) => field.dataTypeID === CHAR_OID);
          for (const field of result.fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
          return result;
        },
      },
    });
    const rows = await queryRaw.call(reading, query);
    charColumns.forEach((isChar, index) => {
      if (isChar) rows.columnTypes[index] = ColumnTypeEnum.Character;
    });
    return rows;
  };
  if (startTransaction) {
    connection.startTransaction = async function (...parameters) {
      return acceptCatalogChar(await startTransaction.apply(this, parameters));
    };
  }
  return connection;
}

class EnginePg extends PrismaPg {
  async connect() {
    return acceptCatalogChar(await super.connect());
  }
}

/** Repairs 2 and 3: the shadow database gets its own name, and is dropped only once nobody is connected to it. */
async function connectToShadow(datasource, schema) {
  if (datasource.shadowDatabaseUrl) {
    return new EnginePg(connectionFields(datasource.shadowDatabaseUrl), { schema }).connect();
  }
  const fields = connectionFields(datasource.url);
  const database = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
  const owner = new pg.Client(fields);
  await owner.connect();
  await owner.query(`CREATE DATABASE "${database}"`);
  const shadow = await new EnginePg({ ...fields, database }, { schema }).connect();
  const disconnect = shadow.dispose.bind(shadow);
  shadow.dispose = async () => {
    await disconnect();
    await owner.query(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
    await owner.end();
  };
  return shadow;
}

export function adapterFactory(datasource) {
  const schema = schemaName(datasource.url);
  const factory = new EnginePg(datasource.url ? connectionFields(datasource.url) : {}, { schema });
  factory.connectToShadowDb = () => connectToShadow(datasource, schema);
  return factory;
}

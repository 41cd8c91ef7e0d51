-- The rights of the database user that the portal runs as, where migrations run as another (AUTO_MIGRATE=0).
--
-- As an administrator, after every migration:
--   CREATE USER 'portal'@'%' IDENTIFIED BY '…';
--   mariadb portal < deploy/database/grants.sql
--
-- The triggers say what each table allows: one that refuses every UPDATE (journal, entry, seal, audit_event, …) is
-- granted no UPDATE, one that refuses DELETE no DELETE. So a stolen password cannot rewrite the books, and cannot
-- take the triggers away either: no right to change the schema is granted at all. docs/rules/ledger.md, L20.

SET @portal_user = COALESCE(@portal_user, '''portal''@''%''');

DROP PROCEDURE IF EXISTS portal_grant_rights;

DELIMITER //

CREATE PROCEDURE portal_grant_rights()
BEGIN
  DECLARE finished BOOLEAN DEFAULT FALSE;
  DECLARE one_table VARCHAR(64);
  DECLARE rights VARCHAR(60);
  DECLARE found CURSOR FOR
    SELECT t.table_name,
           CONCAT('SELECT, INSERT',
             IF(EXISTS (SELECT 1 FROM information_schema.triggers g WHERE g.trigger_schema = DATABASE()
                        AND g.event_object_table = t.table_name AND g.event_manipulation = 'UPDATE'
                        AND g.action_statement LIKE 'SIGNAL%'), '', ', UPDATE'),
             IF(EXISTS (SELECT 1 FROM information_schema.triggers g WHERE g.trigger_schema = DATABASE()
                        AND g.event_object_table = t.table_name AND g.event_manipulation = 'DELETE'
                        AND g.action_statement LIKE 'SIGNAL%'), '', ', DELETE'))
    FROM information_schema.tables t
    WHERE t.table_schema = DATABASE() AND t.table_type = 'BASE TABLE';
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET finished = TRUE;

  OPEN found;
  each_table: LOOP
    FETCH found INTO one_table, rights;
    IF finished THEN LEAVE each_table; END IF;
    SET @portal_statement = CONCAT('REVOKE ALL PRIVILEGES ON `', DATABASE(), '`.`', one_table, '` FROM ', @portal_user);
    BEGIN
      -- nothing was granted on this table before
      DECLARE CONTINUE HANDLER FOR 1141, 1147 BEGIN END;
      PREPARE one FROM @portal_statement; EXECUTE one; DEALLOCATE PREPARE one;
    END;
    SET @portal_statement = CONCAT('GRANT ', rights, ' ON `', DATABASE(), '`.`', one_table, '` TO ', @portal_user);
    PREPARE one FROM @portal_statement; EXECUTE one; DEALLOCATE PREPARE one;
  END LOOP;
  CLOSE found;
END //

DELIMITER ;

CALL portal_grant_rights();

DROP PROCEDURE portal_grant_rights;

int run_lua(const char *path);
int run_rules(const char *database, const char *file, const char *lists);

# cmake -DSOURCE=... -DBINARY=... [-DLIBTORCH=...] -P build.cmake : configures and builds, one process at a time per folder.
file(MAKE_DIRECTORY ${BINARY})
file(LOCK ${BINARY} DIRECTORY GUARD PROCESS TIMEOUT 600)

find_program(compiler NAMES $ENV{CXX} c++ g++ clang++)
find_program(make NAMES ninja make)
if(NOT compiler OR NOT make)
  message(FATAL_ERROR "a C++ compiler and make are needed to build the torch binding. On Debian: apt-get install libtorch-dev g++ cmake libopenblas0-openmp")
endif()

execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BINARY} -DCMAKE_BUILD_TYPE=None "-DLIBTORCH=${LIBTORCH}" RESULT_VARIABLE failed OUTPUT_QUIET)
if(failed)
  message(FATAL_ERROR "the torch binding could not be configured (above)")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BINARY} --parallel 2 RESULT_VARIABLE failed OUTPUT_VARIABLE log ERROR_VARIABLE log)
if(failed)
  message(FATAL_ERROR "the torch binding did not compile:\n${log}")
endif()
file(TOUCH ${BINARY}/libalignment_torch.so)
